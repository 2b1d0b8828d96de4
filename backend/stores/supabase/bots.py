"""Saved bots with links to the very datasets and bars that they were tested on."""

from collections.abc import Sequence
from dataclasses import replace

from backend.domain.bars import Bars
from backend.domain.bots import Bot
from backend.stores.codecs.bars import bars_of_snapshot, snapshot_row
from backend.stores.codecs.documents import dump, record_of
from backend.stores.sql.tables import bars_snapshots
from backend.stores.supabase.client import Callers
from backend.stores.supabase.rows import row_of, row_text, rows_text


class SupabaseBotStore:
    """The BotStore port over a Supabase project."""

    def __init__(self, callers: Callers) -> None:
        self._call = callers.own.call

    def add_bot(self, bot: Bot, bars: Sequence[Bars]) -> None:
        """Store the bot, link its dataset versions, pin its bars and name it on its session, in one transaction.

        Raises:
            Conflict: the owner has a bot of that name, or of that id.
            NotFound: its session, one of its datasets or one of its snapshots is neither stored nor given.
        """
        named = {name: getattr(bot, name) for name in ("owner", "bot_id", "name", "session_id", "created_at")}
        self._call(
            "add_bot",
            row=row_text(named | {"document": bot}),
            datasets=dump([link.id for link in bot.datasets]),
            snapshots=rows_text([snapshot_row(_without_minus_zero(series)) for series in bars]),
            pinned=dump(bot.bars_snapshots),
        )

    def load_bot(self, owner: str, bot_id: str) -> Bot:
        """Raises NotFound."""
        return record_of(Bot, self._call("load_bot", owner=owner, bot_id=bot_id), f"bot {bot_id}")

    def list_bots(self, owner: str, limit: int | None = None, after: str | None = None) -> tuple[Bot, ...]:
        """Newest first, from the one behind ``after`` on. Raises InvalidInput when the owner has no bot of that id."""
        documents = self._call("list_bots", owner=owner, limit=limit, after=after)
        return tuple(record_of(Bot, document, "bot") for document in documents)

    def delete_bot(self, owner: str, bot_id: str) -> None:
        """Delete the bot, its links, and snapshots that no other bot pins; datasets stay. Raises NotFound.

        Its session may be saved again.
        """
        self._call("delete_bot", owner=owner, bot_id=bot_id)

    def load_snapshot(self, owner: str, snapshot_id: str) -> Bars:
        """Bars by their content hash, as a bot of the owner pinned them. Raises NotFound."""
        row = self._call("load_snapshot", owner=owner, snapshot_id=snapshot_id)
        return bars_of_snapshot(row_of(bars_snapshots, row))


def _without_minus_zero(bars: Bars) -> Bars:
    # The database hashes the block as it is; the content hash takes minus zero, which a volume may be, for zero.
    return replace(bars, volume=bars.volume + 0.0)
