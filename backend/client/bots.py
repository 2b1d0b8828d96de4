"""Bots: kept strategies with their verdicts."""

from collections.abc import Iterator

from backend.api.documents.bots import BotBody, BotDatasets, BotDeleted, BotDocument, BotLine, BotPage
from backend.client.connection import Connection, part, stated
from backend.client.paging import PAGE, pages
from backend.domain.verification import Verification


class BotCalls:
    """``client.bots``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, session_id: str, name: str, attempt_id: str | None = None) -> BotDocument:
        """Keep what a session chose, with its verdict, its bars and its datasets."""
        body = stated(BotBody, {"session_id": session_id, "name": name, "attempt_id": attempt_id})
        return self._connection.write(BotDocument, "POST", "bots", body)

    def list(self) -> Iterator[BotLine]:
        """Newest first, read page by page."""
        for page in pages(lambda after: self._connection.read(BotPage, "bots", limit=PAGE, cursor=after)):
            yield from page.bots

    def show(self, bot_id: str) -> BotDocument:
        """A bot with everything needed to reproduce it."""
        return self._connection.read(BotDocument, _path(bot_id))

    def datasets(self, bot_id: str, *, data: bool = False) -> BotDatasets:
        """The dataset versions that it links, with the record of each session where it is wanted."""
        return self._connection.read(BotDatasets, f"{_path(bot_id)}/datasets", data=data)

    def verify(self, bot_id: str) -> Verification:
        """Recompute every number of it."""
        return self._connection.write(Verification, "POST", f"{_path(bot_id)}/verify")

    def delete(self, bot_id: str) -> BotDeleted:
        """Delete it; its session and its datasets stay."""
        return self._connection.delete(BotDeleted, _path(bot_id))


def _path(bot_id: str) -> str:
    return f"bots/{part(bot_id)}"
