"""``backproof serve``: the HTTP API."""

from typing import Annotated

import typer

from backend.cli.output import Output
from backend.domain.errors import InvalidInput


def serve(
    *,
    host: Annotated[str, typer.Option(metavar="HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="PORT", help="0 takes a free one.")] = 8000,
) -> None:
    """Serve the HTTP API, and do the jobs that it is given, until Ctrl-C."""
    from backend.cli.listening import addresses_of, listen, reaches_others
    from backend.settings import load_settings

    settings = load_settings()
    addresses = addresses_of(host, port)
    if settings.signs_in == "none" and reaches_others(addresses):
        raise InvalidInput(
            f"Listening on {host} would let anybody in who can reach it: nobody has to sign in.",
            "set BACKPROOF_AUTH=tokens and `backproof tokens create`, or SUPABASE_URL; or leave --host out",
        )

    from backend.bootstrap.checking import refuse_unusable

    refuse_unusable(settings)
    sockets = listen(addresses)

    from backend.cli.serving import run

    run(sockets, Output(as_json=False).say)
