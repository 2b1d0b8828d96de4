"""Tells which datasets are kept for an owner, who uses each, and which bots hold bars of their own."""

from dataclasses import dataclass
from datetime import UTC, datetime

from backend.domain.bots import Bot
from backend.domain.ports import BotStore, DatasetStore, SessionStore
from backend.domain.sentiment import DatasetLink

EVER = datetime(9999, 12, 31, tzinfo=UTC)
RUNNING_AMONG = 1_000
"""Newest sessions among which running ones are looked for."""


@dataclass(frozen=True)
class DatasetUse:
    """A dataset version and who keeps it.

    Attributes:
        bots: ids of those that link it.
        sessions: ids of running ones that use it; a version without either may be cleaned up.
    """

    dataset: DatasetLink
    bots: tuple[str, ...]
    sessions: tuple[str, ...]


class Inventory:
    """What is kept for each owner.

    Args:
        datasets, bots, sessions: where it is kept.
    """

    def __init__(self, datasets: DatasetStore, bots: BotStore, sessions: SessionStore) -> None:
        self._datasets = datasets
        self._bots = bots
        self._sessions = sessions

    def datasets(self, owner: str) -> tuple[DatasetUse, ...]:
        """Every stored version, by symbol, channel and id."""
        running = [s for s in self._sessions.list_sessions(owner, RUNNING_AMONG) if s.status == "running"]
        linked = {s.session_id: self._datasets.session_datasets(owner, s.session_id) for s in running}
        kept = {bot.bot_id: bot.datasets for bot in self._bots.list_bots(owner)}
        orphans = self._datasets.orphans(owner, EVER)
        every = {link.id: link for links in (*linked.values(), *kept.values(), orphans) for link in links}
        ordered = sorted(every.values(), key=lambda link: (link.symbol, link.channel, link.id))
        return tuple(DatasetUse(link, _users(kept, link.id), _users(linked, link.id)) for link in ordered)

    def pinned(self, owner: str, symbol: str | None = None) -> tuple[Bot, ...]:
        """Bots that hold bars of their own, of ``symbol`` or of any."""
        return tuple(bot for bot in self._bots.list_bots(owner) if symbol is None or symbol in bot.symbols)


def _users(links: dict[str, tuple[DatasetLink, ...]], dataset_id: str) -> tuple[str, ...]:
    return tuple(user for user, used in links.items() if any(link.id == dataset_id for link in used))
