"""Direct backtests with their trades, and the ledger of openings."""

from collections.abc import Sequence
from typing import Any

from backend.domain.ledger import Opening
from backend.domain.ports import RunCurves
from backend.domain.results import BacktestRun, Trade
from backend.stores.codecs.ledger import opening_row, openings_of
from backend.stores.codecs.runs import TRADE_COLUMNS, curves_of, run_of, run_row, summary_of, trade_rows, trades_of
from backend.stores.sql.tables import backtest_runs, backtest_trades, holdout_openings
from backend.stores.supabase.client import Callers
from backend.stores.supabase.rows import row_of, row_text, rows_text


class SupabaseRunStore:
    """The RunStore port over a Supabase project."""

    def __init__(self, callers: Callers) -> None:
        self._call = callers.own.call

    def add_run(self, run: BacktestRun, openings: Sequence[Opening]) -> None:
        """Store the run, its trades and its openings in one transaction; an opening already stored stays as it is.

        Raises:
            Conflict: a run of that id is stored.
        """
        opened = rows_text([opening_row(opening) for opening in openings])
        self._call("add_run", run=row_text(run_row(run)), trades=rows_text(trade_rows(run)), openings=opened)

    def load_run(self, owner: str, run_id: str) -> BacktestRun:
        """Raises NotFound."""
        answer = self._call("load_run", owner=owner, run_id=run_id)
        return run_of(row_of(backtest_runs, answer["run"]), _trade_rows(answer["trades"]))

    def load_summary(self, owner: str, run_id: str) -> BacktestRun:
        """The run without trades, curves and prices. Raises NotFound."""
        return summary_of(self._call("load_run_document", owner=owner, run_id=run_id), run_id)

    def load_curves(self, owner: str, run_id: str) -> RunCurves:
        """The lines of a run alone. Raises NotFound."""
        return curves_of(row_of(backtest_runs, self._call("load_run_curves", owner=owner, run_id=run_id)))

    def load_trades(self, owner: str, run_id: str, limit: int | None = None, after: int = 0) -> tuple[Trade, ...]:
        """The closed trades of a run in the order of exit, at most ``limit`` behind the first ``after``.

        Raises:
            NotFound: the owner has no such run.
        """
        rows = self._call("list_run_trades", owner=owner, run_id=run_id, limit=limit, after=after)
        return trades_of(_trade_rows(rows), run_id)

    def list_runs(self, owner: str, limit: int, after: str | None = None) -> tuple[BacktestRun, ...]:
        """Newest first, without trades and equity, from the one behind ``after`` on.

        Raises:
            InvalidInput: the owner has no run ``after``.
        """
        rows = self._call("list_runs", owner=owner, limit=limit, after=after)
        return tuple(summary_of(row["document"], row["run_id"]) for row in rows)


def _trade_rows(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row_of(backtest_trades, {name: row[name] for name in TRADE_COLUMNS}) for row in rows]


class SupabaseLedgerStore:
    """The LedgerStore port over a Supabase project."""

    def __init__(self, callers: Callers) -> None:
        self._call = callers.own.call

    def list_openings(self, owner: str) -> tuple[Opening, ...]:
        """In the order in which they were made."""
        rows = [row_of(holdout_openings, row) for row in self._call("list_openings", owner=owner)]
        return tuple(openings_of(rows, [row for row in rows if row["fingerprint"] is not None]))
