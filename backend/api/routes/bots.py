"""Bots: saved, listed, shown with their data, verified and deleted."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from backend.api.answers import Answer
from backend.api.deps import Gated, Keeping, Served
from backend.api.documents.bots import BotBody, BotDatasets, BotDeleted, BotDocument, BotPage
from backend.api.paging import Paged
from backend.api.paths import path_of
from backend.api.reference.problem_statuses import problems
from backend.bootstrap import Application, done_before, repeating
from backend.domain.bots import Bot
from backend.domain.errors import NotFound
from backend.domain.verification import Verification
from backend.services.dataset_documents import dataset_document
from backend.services.documents import bot_document, bot_line, verification_document
from backend.services.inventory import Inventory

router = APIRouter(prefix="/bots", tags=["bots"])


@router.post("", operation_id="save_bot", status_code=201, response_model=BotDocument, openapi_extra=problems(404, 424))
def save_bot(body: BotBody, application: Served) -> Answer:
    """Keep a session's strategy as a bot, with its verdict and links to the very data that it was tested on.

    Only the chosen attempt can be kept: no other was judged on the hold-out. Strategy, hashes, verdict, links to
    datasets and a snapshot of the bars are stored at once, or nothing is.
    """
    bot = done_before("bot", lambda bot_id: application.bots.load(application.owner, bot_id)) or _saved(
        body, application
    )
    return Answer(bot_document(bot), 201, location=path_of("bots", bot.bot_id))


def _saved(body: BotBody, application: Application) -> Bot:
    session = application.sessions.load(application.owner, body.session_id)
    attempts = application.sessions.attempts(session)
    return application.bots.save(session, attempts, body.name, body.attempt_id)


@router.get("", operation_id="list_bots", response_model=BotPage)
def list_bots(page: Paged, application: Served) -> Answer:
    """List bots, newest first, each with what has changed since it was saved."""
    bots = application.bots.list(application.owner, page.wanted, page.after)
    changes = application.bot_changes.of(application.owner, bots[: page.limit])
    return Answer(page.document("bots", bots, lambda bot: bot_line(bot, changes[bot.bot_id]), lambda bot: bot.bot_id))


@router.get("/{bot_id}", operation_id="show_bot", response_model=BotDocument)
def show_bot(bot_id: str, application: Served) -> Answer:
    """Show a bot: verdict, strategy, results, checks, datasets, hashes, and what has changed since it was saved."""
    bot = application.bots.load(application.owner, bot_id)
    return Answer(bot_document(bot, application.bot_changes.of(application.owner, [bot])[bot_id]))


@router.get("/{bot_id}/datasets", operation_id="list_bot_datasets", response_model=BotDatasets)
def list_bot_datasets(
    bot_id: str,
    application: Served,
    kept: Keeping,
    data: Annotated[bool, Query(description="With the record of every trading session, by its date.")] = False,
) -> Answer:
    """List the dataset versions that a bot links, with what is known of their trading sessions."""
    bot = application.bots.load(application.owner, bot_id)
    return kept.answer(
        application.owner,
        ("datasets of a bot", bot_id, data),
        [(link.id, application.inventory.use(bot.owner, link.id).metadata) for link in bot.datasets],
        lambda: _datasets_document(bot, application.inventory, data=data),
    )


def _datasets_document(bot: Bot, inventory: Inventory, *, data: bool) -> dict[str, Any]:
    linked = inventory.linked(bot)
    return {"bot_id": bot.bot_id, "datasets": [dataset_document(dataset, data=data) for dataset in linked]}


@router.post("/{bot_id}/verify", operation_id="verify_bot", response_model=Verification)
async def verify_bot(bot_id: str, application: Served, gates: Gated) -> Answer:
    """Recompute every number of a bot from its pinned data; the outcome says whether all came out again."""
    verified = await gates.backtests.run(lambda: application.verification.verify(application.owner, bot_id))
    return Answer(verification_document(verified))


@router.delete("/{bot_id}", operation_id="delete_bot", response_model=BotDeleted)
def delete_bot(bot_id: str, application: Served) -> Answer:
    """Delete a bot and the bars pinned for it; session and datasets stay, and the session may be saved again."""
    try:
        bot = application.bots.load(application.owner, bot_id)
    except NotFound:
        if repeating():
            return Answer({"deleted": bot_id, "kept": {"session_id": None, "datasets": []}})
        raise
    application.bots.delete(application.owner, bot_id)
    kept = {"session_id": bot.session_id, "datasets": [link.id for link in bot.datasets]}
    return Answer({"deleted": bot_id, "kept": kept})
