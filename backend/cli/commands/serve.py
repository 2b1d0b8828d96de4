"""``backproof serve``: the HTTP API."""

from typing import Annotated

import typer

from backend.domain.errors import InvalidInput

LOOPBACK = ("127.0.0.1", "::1", "localhost")

APPLICATION = "backend.api.main:served"
"""By name: doors do not import each other."""


def serve(
    *,
    host: Annotated[str, typer.Option(metavar="HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="PORT", help="0 takes a free one.")] = 8000,
) -> None:
    """Serve the HTTP API, and do the jobs that it is given."""
    from backend.settings import load_settings

    settings = load_settings()
    if host not in LOOPBACK and settings.signs_in == "none":
        raise InvalidInput(
            f"Listening on {host} would let anybody in who can reach it: nobody has to sign in.",
            "set BACKPROOF_AUTH=tokens and `backproof tokens create`, or SUPABASE_URL; or leave --host out",
        )

    import uvicorn

    uvicorn.run(APPLICATION, factory=True, host=host, port=port, log_config=None, access_log=False, server_header=False)
