"""``backproof bots``: keep the result of a session, and look at what was kept."""

from typing import Annotated

import typer

from backend.cli.opening import open_application
from backend.cli.options import Json
from backend.cli.output import Output

app = typer.Typer(no_args_is_help=True)


@app.command()
def save(
    session_id: Annotated[str, typer.Argument(metavar="SESSION", help="Id of a session that is done.")],
    *,
    name: Annotated[str, typer.Option(metavar="NAME", help="What to call the bot.")],
    json: Json = False,
) -> None:
    """Keep a session's strategy as a bot, with links to the very data it was tested on."""
    application = open_application()

    from backend.cli.render.bots import bot_report
    from backend.services.documents import bot_document

    session = application.sessions.load(application.owner, session_id)
    bot = application.bots.save(session, application.sessions.attempts(session), name)
    Output(as_json=json).show(bot_document(bot), bot_report(bot))


@app.command("list")
def list_(*, json: Json = False) -> None:
    """List bots, newest first."""
    application = open_application()

    from backend.cli.render.bots import bots_table
    from backend.services.documents import bot_line

    bots = application.bots.list(application.owner)
    Output(as_json=json).show({"bots": [bot_line(bot) for bot in bots]}, bots_table(bots))


@app.command()
def show(
    bot_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the bot, bot_...")], *, json: Json = False
) -> None:
    """Show a bot: verdict, strategy, results, checks, datasets, hashes."""
    application = open_application()

    from backend.cli.render.bots import bot_report
    from backend.services.documents import bot_document

    bot = application.bots.load(application.owner, bot_id)
    Output(as_json=json).show(bot_document(bot), bot_report(bot))
