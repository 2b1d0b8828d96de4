"""What keeps direct backtests and saved bots."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from backend.domain.arrays import Floats, Instants
from backend.domain.bars import Bars
from backend.domain.bots import Bot
from backend.domain.ledger import Opening
from backend.domain.results import BacktestRun, Trade


@dataclass(frozen=True, eq=False)
class RunCurves:
    """The lines of a stored run over its N moments, each of shape (N,).

    Attributes:
        time: end of each bar in UTC, ``datetime64[us]``.
        benchmark, exposure: None where the run has none.
    """

    time: Instants
    equity: Floats
    benchmark: Floats | None
    exposure: Floats | None


class RunStore(Protocol):
    """Direct backtests."""

    def add_run(self, run: BacktestRun, openings: Sequence[Opening]) -> None:
        """Store the run, its trades and its openings in one transaction; an opening already stored stays as it is."""

    def load_run(self, owner: str, run_id: str) -> BacktestRun:
        """Raises NotFound."""

    def load_summary(self, owner: str, run_id: str) -> BacktestRun:
        """The run without trades, curves and prices. Raises NotFound."""

    def load_curves(self, owner: str, run_id: str) -> RunCurves:
        """The lines of a run alone. Raises NotFound."""

    def load_trades(self, owner: str, run_id: str, limit: int | None = None, after: int = 0) -> tuple[Trade, ...]:
        """The closed trades of a run in the order of exit, at most ``limit`` behind the first ``after``.

        Raises NotFound.
        """

    def list_runs(self, owner: str, limit: int, after: str | None = None) -> tuple[BacktestRun, ...]:
        """Newest first, without trades and equity, from the one behind ``after`` on.

        Raises:
            InvalidInput: the owner has no run ``after``.
        """


class BotStore(Protocol):
    """Saved bots with their dataset links and pinned bars."""

    def add_bot(self, bot: Bot, bars: Sequence[Bars]) -> None:
        """Store the bot, link its dataset versions, pin its bars and name it on its session, in one transaction.

        Raises:
            Conflict: the owner has a bot of that name.
        """

    def load_bot(self, owner: str, bot_id: str) -> Bot:
        """Raises NotFound."""

    def list_bots(self, owner: str, limit: int | None = None, after: str | None = None) -> tuple[Bot, ...]:
        """Newest first, from the one behind ``after`` on. Raises InvalidInput when the owner has no bot of that id."""

    def delete_bot(self, owner: str, bot_id: str) -> None:
        """Delete the bot, its links, and snapshots that no other bot pins; datasets stay. Raises NotFound.

        Its session may be saved again.
        """

    def load_snapshot(self, owner: str, snapshot_id: str) -> Bars:
        """Bars by their content hash, as a bot of the owner pinned them. Raises NotFound."""
