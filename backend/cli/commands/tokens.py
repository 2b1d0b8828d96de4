"""``backproof tokens``: tokens with which scripts sign in over HTTP."""

from datetime import timedelta
from typing import Annotated

import typer

from backend.cli.opening import open_application
from backend.cli.options import Json
from backend.cli.output import Output

app = typer.Typer(no_args_is_help=True)

LONGEST = 3_650
"""Days."""

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the token is for, e.g. laptop.")]
Days = Annotated[
    int | None,
    typer.Option(min=1, max=LONGEST, metavar="N", help="Days until it ends; without it, it lasts until it is revoked."),
]
Id = Annotated[str, typer.Argument(metavar="ID", help="Id of the token, as the list shows it.")]


@app.command()
def create(name: Name, *, days: Days = None, json: Json = False) -> None:
    """Make a token; it is shown this once, and only a hash of it is kept."""
    application = open_application()

    from backend.bootstrap import utc_now
    from backend.cli.render.tokens import new_token_view
    from backend.services.tokens import token_line

    ends = None if days is None else utc_now() + timedelta(days=days)
    text, token = application.tokens.create(application.owner, name, ends)
    Output(as_json=json).show(token_line(token) | {"token": text}, new_token_view(token, text))


@app.command("list")
def list_(*, json: Json = False) -> None:
    """List tokens, newest first; those that were revoked or have ended are still there."""
    application = open_application()

    from backend.bootstrap import utc_now
    from backend.cli.render.tokens import tokens_table
    from backend.services.tokens import token_line

    tokens = application.tokens.list(application.owner)
    usable = frozenset(token.token_id for token in tokens if token.usable(utc_now()))
    document = {"tokens": [token_line(token) for token in tokens]}
    Output(as_json=json).show(document, tokens_table(tokens, usable))


@app.command()
def revoke(token: Id, *, json: Json = False) -> None:
    """Revoke a token: from now on it opens nothing."""
    application = open_application()

    from backend.cli.render.tokens import tokens_table
    from backend.services.tokens import token_line

    revoked = application.tokens.revoke(application.owner, token)
    Output(as_json=json).show(token_line(revoked), tokens_table([revoked], frozenset()))
