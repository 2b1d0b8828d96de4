"""What keeps direct backtests and saved bots."""

from collections.abc import Sequence
from typing import Protocol

from backend.domain.bars import Bars
from backend.domain.bots import Bot
from backend.domain.ledger import Opening
from backend.domain.results import BacktestRun


class RunStore(Protocol):
    """Direct backtests."""

    def add_run(self, run: BacktestRun, openings: Sequence[Opening]) -> None:
        """Store the run, its trades and its openings in one transaction; an opening already stored stays as it is."""

    def load_run(self, owner: str, run_id: str) -> BacktestRun:
        """Raises NotFound."""

    def list_runs(self, owner: str, limit: int) -> tuple[BacktestRun, ...]:
        """Newest first, without trades and equity."""


class BotStore(Protocol):
    """Saved bots with their dataset links and pinned bars."""

    def add_bot(self, bot: Bot, bars: Sequence[Bars]) -> None:
        """Store the bot, link its dataset versions, pin its bars and name it on its session, in one transaction.

        Raises:
            Conflict: the owner has a bot of that name.
        """

    def load_bot(self, owner: str, bot_id: str) -> Bot:
        """Raises NotFound."""

    def list_bots(self, owner: str) -> tuple[Bot, ...]:
        """Newest first."""

    def delete_bot(self, owner: str, bot_id: str) -> None:
        """Delete the bot, its links, and snapshots that no other bot pins; datasets stay. Raises NotFound.

        Its session may be saved again.
        """

    def load_snapshot(self, owner: str, snapshot_id: str) -> Bars:
        """Bars by their content hash, as a bot of the owner pinned them. Raises NotFound."""
