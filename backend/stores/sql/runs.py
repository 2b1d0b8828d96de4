"""Direct backtests with their trades and the openings that they made."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Text, cast, insert, select

from backend.domain.errors import Conflict
from backend.domain.ledger import Opening
from backend.domain.ports import RunCurves
from backend.domain.results import BacktestRun, Trade
from backend.stores.codecs.runs import TRADE_COLUMNS, curves_of, run_of, run_row, summary_of_text, trade_rows, trades_of
from backend.stores.sql.database import Database
from backend.stores.sql.lookups import RUN, load_row, not_found
from backend.stores.sql.openings import add_openings, ledger_lock
from backend.stores.sql.paging import page
from backend.stores.sql.tables import backtest_runs, backtest_trades
from backend.stores.sql.upserts import insert_missing

_TEXT = cast(backtest_runs.c.document, Text).label("text")
"""The summary of a run as it is stored: a text that was read before is known again."""


class SqlRunStore:
    """The RunStore port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_run(self, run: BacktestRun, openings: Sequence[Opening]) -> None:
        """Store the run, its trades and its openings in one transaction; an opening already stored stays as it is.

        Raises:
            Conflict: a run of that id is stored.
        """
        with self._database.writing(ledger_lock(run.owner)) as connection:
            if not insert_missing(connection, backtest_runs, [run_row(run)]):
                raise Conflict(f'There is a backtest "{run.run_id}" already.', "give the new one an id of its own")
            if run.trades:
                connection.execute(insert(backtest_trades), trade_rows(run))
            add_openings(connection, openings)

    def load_run(self, owner: str, run_id: str) -> BacktestRun:
        """Raises NotFound."""
        with self._database.reading() as connection:
            row = load_row(connection, RUN, owner, run_id)
            trades = _closed(connection, owner, run_id)
        return run_of(row, trades)

    def load_summary(self, owner: str, run_id: str) -> BacktestRun:
        """The run without trades, curves and prices. Raises NotFound."""
        with self._database.asking() as connection:
            return summary_of_text(_part(connection, owner, run_id, _TEXT)["text"], run_id)

    def load_curves(self, owner: str, run_id: str) -> RunCurves:
        """The lines of a run alone. Raises NotFound."""
        with self._database.asking() as connection:
            return curves_of(_part(connection, owner, run_id, backtest_runs.c.equity))

    def load_trades(self, owner: str, run_id: str, limit: int | None = None, after: int = 0) -> tuple[Trade, ...]:
        """The closed trades of a run in the order of exit, at most ``limit`` behind the first ``after``.

        Raises:
            NotFound: the owner has no such run.
        """
        with self._database.reading() as connection:
            _part(connection, owner, run_id, backtest_runs.c.number)
            return trades_of(_closed(connection, owner, run_id, limit, after), run_id)

    def list_runs(self, owner: str, limit: int, after: str | None = None) -> tuple[BacktestRun, ...]:
        """Newest first, without trades and equity, from the one behind ``after`` on.

        Raises:
            InvalidInput: the owner has no run ``after``.
        """
        summaries = select(backtest_runs.c.run_id, _TEXT)
        with self._database.reading() as connection:
            rows = connection.execute(page(connection, summaries, RUN, owner, (limit, after))).all()
        return tuple(summary_of_text(row.text, row.run_id) for row in rows)


def _part(connection: Connection, owner: str, run_id: str, column: ColumnElement[Any]) -> RowMapping:
    """One column of the row of a run beside its id: the block of its curves is far larger than the rest."""
    query = select(backtest_runs.c.run_id, column).where(backtest_runs.c.owner == owner, RUN.id == run_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise not_found(connection, RUN, owner, run_id)
    return row


def _closed(
    connection: Connection, owner: str, run_id: str, limit: int | None = None, after: int = 0
) -> Sequence[RowMapping]:
    """The rows of closed trades in their order."""
    trade = backtest_trades.c
    query = select(*(trade[name] for name in TRADE_COLUMNS)).where(trade.owner == owner, trade.run_id == run_id)
    query = query.where(trade.n > after).order_by(trade.n).limit(limit)
    return connection.execute(query).mappings().all()
