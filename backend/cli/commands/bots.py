"""``backproof bots``: keep the result of a session, look at what was kept, verify it, delete it."""

from typing import Annotated

import typer

from backend.cli.confirmation import Yes, confirm
from backend.cli.exit_codes import FAILED
from backend.cli.interruption import refuse_interrupted
from backend.cli.opening import open_application
from backend.cli.options import Json
from backend.cli.output import Output

app = typer.Typer(no_args_is_help=True)

BotId = Annotated[str, typer.Argument(metavar="ID", help="Id of the bot, bot_...")]


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
    refuse_interrupted(application, session)
    bot = application.bots.save(session, application.sessions.attempts(session), name)
    Output(as_json=json).show(bot_document(bot), bot_report(bot))


@app.command("list")
def list_(*, json: Json = False) -> None:
    """List bots, newest first."""
    application = open_application()

    from backend.cli.render.bots import bots_table
    from backend.services.documents import bot_line

    bots = application.bots.list(application.owner)
    changes = application.bot_changes.of(application.owner, bots)
    lines = [bot_line(bot, changes[bot.bot_id]) for bot in bots]
    Output(as_json=json).show({"bots": lines}, bots_table(bots, changes))


@app.command()
def show(bot_id: BotId, *, json: Json = False) -> None:
    """Show a bot: verdict, strategy, results, checks, datasets, hashes."""
    application = open_application()

    from backend.cli.render.bots import bot_report
    from backend.services.documents import bot_document

    bot = application.bots.load(application.owner, bot_id)
    changes = application.bot_changes.of(application.owner, [bot])[bot_id]
    Output(as_json=json).show(bot_document(bot, changes), bot_report(bot, changes))


@app.command()
def verify(bot_id: BotId, *, json: Json = False) -> None:
    """Recompute a bot's numbers from its pinned data, offline; exits with 1 when one of them differs."""
    application = open_application()

    from backend.cli.render.verification import verification_report
    from backend.services.documents import verification_document

    found = application.verification.verify(application.owner, bot_id)
    Output(as_json=json).show(verification_document(found), verification_report(found))
    if found.outcome != "reproduced":
        raise typer.Exit(FAILED)


@app.command()
def delete(bot_id: BotId, *, yes: Yes = False, json: Json = False) -> None:
    """Delete a bot and the bars pinned for it; its session and datasets stay."""
    output = Output(as_json=json)
    application = open_application()

    from rich.text import Text

    bot = application.bots.load(application.owner, bot_id)
    confirm(f'Delete the bot {bot_id}, "{bot.name}", for good?', output, yes=yes)
    application.bots.delete(application.owner, bot_id)
    kept = {"session_id": bot.session_id, "datasets": [link.id for link in bot.datasets]}
    told = f"Deleted {bot_id}. Session {bot.session_id} and {_datasets(len(bot.datasets))} stay."
    output.show({"deleted": bot_id, "kept": kept}, Text(told))


def _datasets(count: int) -> str:
    return "its dataset" if count == 1 else f"its {count} datasets"
