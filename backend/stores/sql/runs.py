"""Direct backtests with their trades and the openings that they made."""

from collections.abc import Sequence

from sqlalchemy import insert, select

from backend.domain.errors import Conflict
from backend.domain.ledger import Opening
from backend.domain.results import BacktestRun
from backend.stores.codecs.runs import TRADE_COLUMNS, run_of, run_row, summary_of, trade_rows
from backend.stores.sql.database import Database
from backend.stores.sql.lookups import RUN, load_row
from backend.stores.sql.openings import add_openings, ledger_lock
from backend.stores.sql.tables import backtest_runs, backtest_trades
from backend.stores.sql.upserts import insert_missing


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
        columns = [backtest_trades.c[name] for name in TRADE_COLUMNS]
        closed = select(*columns).where(backtest_trades.c.owner == owner, backtest_trades.c.run_id == run_id)
        with self._database.reading() as connection:
            row = load_row(connection, RUN, owner, run_id)
            trades = connection.execute(closed.order_by(backtest_trades.c.n)).mappings().all()
        return run_of(row, trades)

    def list_runs(self, owner: str, limit: int) -> tuple[BacktestRun, ...]:
        """Newest first, without trades and equity."""
        newest = select(backtest_runs.c.run_id, backtest_runs.c.document).where(backtest_runs.c.owner == owner)
        newest = newest.order_by(backtest_runs.c.created_at.desc(), backtest_runs.c.number.desc()).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(newest).all()
        return tuple(summary_of(row.document, row.run_id) for row in rows)
