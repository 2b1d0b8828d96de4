"""Batches with their cells and their event log; what came of some cells is stored at once."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from backend.domain.batches import Batch, BatchEvent, CellSummary
from backend.domain.errors import Conflict
from backend.domain.ledger import SeenWith
from backend.domain.periods import Period
from backend.domain.ports import CellResult, CellRun, Entry
from backend.stores.codecs.batches import (
    TRADE_ROW,
    batch_of,
    batch_row,
    cell_of,
    cell_row,
    cell_run_row,
    event_of,
    event_row,
    trade_tuples,
)
from backend.stores.codecs.documents import dump, parse
from backend.stores.sql.database import Database
from backend.stores.sql.lookups import BATCH, load_row, not_found
from backend.stores.sql.openings import add_openings, ledger_lock
from backend.stores.sql.paging import page
from backend.stores.sql.postgres import raw_cursor
from backend.stores.sql.tables import (
    backtest_runs,
    backtest_trades,
    batch_cells,
    batch_events,
    batches,
    holdout_openings,
)
from backend.stores.sql.upserts import insert_missing, insert_or_replace


class SqlBatchStore:
    """The BatchStore port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_batch(self, batch: Batch, cells: Sequence[CellSummary]) -> None:
        """Store a batch with its cells in one transaction. Raises Conflict where there is one of that id."""
        with self._database.writing() as connection:
            row = batch_row(batch) | {"cancel_requested": False}
            if not insert_missing(connection, batches, [row]):
                raise Conflict(f'There is a batch "{batch.batch_id}" already.', "give the new one an id of its own")
            _put_cells(connection, batch, cells)

    def load_batch(self, owner: str, batch_id: str) -> Batch:
        """Raises NotFound, naming ids that resemble it."""
        with self._database.reading() as connection:
            return batch_of(load_row(connection, BATCH, owner, batch_id)["document"])

    def list_batches(self, owner: str, limit: int, after: str | None = None) -> tuple[Batch, ...]:
        """Newest first, from the one behind ``after`` on.

        Raises:
            InvalidInput: the owner has no batch ``after``.
        """
        with self._database.reading() as connection:
            rows = connection.execute(page(connection, select(batches.c.document), BATCH, owner, (limit, after)))
            return tuple(batch_of(row.document) for row in rows)

    def list_cells(self, owner: str, batch_id: str) -> tuple[CellSummary, ...]:
        """Ascending by n."""
        cell = batch_cells.c
        query = select(cell.document).where(cell.owner == owner, cell.batch_id == batch_id).order_by(cell.n)
        with self._database.asking() as connection:
            rows = connection.execute(query).all()
        return tuple(cell_of(row.document, batch_id) for row in rows)

    def save_batch(self, batch: Batch, cells: Sequence[CellSummary], entry: Entry | None = None) -> BatchEvent | None:
        """Replace the record and those cells that changed, and append to the log, in one transaction.

        Returns:
            What was appended; None, and nothing is changed, when that step was written before.

        Raises:
            NotFound: there is no such batch.
        """
        with self._database.writing(batch_lock(batch.batch_id)) as connection:
            _require(connection, batch)
            if entry and _written(connection, batch, entry):
                return None
            values = {"status": batch.status, "document": batch}
            connection.execute(update(batches).where(batches.c.batch_id == batch.batch_id).values(values))
            _put_cells(connection, batch, cells)
            return _append(connection, batch, entry) if entry else None

    def save_results(self, batch: Batch, results: Sequence[CellResult], entry: Entry) -> BatchEvent | None:
        """Store what came of some cells, their runs and openings, and append to the log, in one transaction.

        None, and nothing is changed, when that step was written before.

        Raises:
            NotFound: there is no such batch.
        """
        runs = [result.run for result in results if result.run is not None]
        openings = [opening for result in results for opening in result.openings]
        rows = [cell_run_row(run) for run in runs]  # before others have to wait for this transaction
        with self._database.writing(batch_lock(batch.batch_id), ledger_lock(batch.owner)) as connection:
            _require(connection, batch)
            if _written(connection, batch, entry):
                return None
            if rows:
                connection.execute(insert(backtest_runs), rows)
            _add_trades(connection, runs)
            add_openings(connection, openings)
            _put_cells(connection, batch, [result.cell for result in results])
            return _append(connection, batch, entry)

    def list_events(self, batch_id: str, after: int, limit: int | None = None) -> tuple[BatchEvent, ...]:
        """Events with an id above ``after``, ascending."""
        columns = [batch_events.c[name] for name in BatchEvent.model_fields]
        query = select(*columns).where(batch_events.c.batch_id == batch_id, batch_events.c.id > after)
        with self._database.asking() as connection:
            rows = connection.execute(query.order_by(batch_events.c.id).limit(limit)).mappings().all()
        return tuple(event_of(row) for row in rows)

    def list_looks(self, owner: str, symbols: Collection[str], period: Period) -> frozenset[SeenWith]:
        """What the owner has looked at of these symbols on days of the period, whether in a batch or not."""
        look = holdout_openings.c
        query = select(look.symbol, look.spec_hash, look.data_hash).where(look.owner == owner, look.symbol.in_(symbols))
        with self._database.asking() as connection:
            rows = connection.execute(query.where(look.start <= period.end, look.end >= period.start).distinct())
            return frozenset((row.symbol, row.spec_hash, row.data_hash) for row in rows)

    def request_cancel(self, owner: str, batch_id: str, wanted: bool) -> None:
        """Set or clear the flag that a running batch polls. Raises NotFound."""
        stored = update(batches).where(batches.c.owner == owner, batches.c.batch_id == batch_id)
        with self._database.writing() as connection:
            if connection.execute(stored.values(cancel_requested=wanted)).rowcount == 0:
                raise not_found(connection, BATCH, owner, batch_id)

    def cancel_requested(self, batch_id: str) -> bool:
        """Whether somebody asked the batch to stop; False for an unknown one."""
        query = select(batches.c.cancel_requested).where(batches.c.batch_id == batch_id)
        with self._database.asking() as connection:
            return bool(connection.scalar(query))


def batch_lock(batch_id: str) -> str:
    """The lock of whoever writes to the batch."""
    return f"batch {batch_id}"


def _require(connection: Connection, batch: Batch) -> None:
    query = select(batches.c.number).where(batches.c.owner == batch.owner, batches.c.batch_id == batch.batch_id)
    if connection.scalar(query) is None:
        raise not_found(connection, BATCH, batch.owner, batch.batch_id)


def _written(connection: Connection, batch: Batch, entry: Entry) -> bool:
    """Whether that step was written before."""
    event = batch_events.c
    before = select(event.id).where(event.batch_id == batch.batch_id, event.step == entry.step).exists()
    return bool(connection.scalar(select(before)))


def _append(connection: Connection, batch: Batch, entry: Entry) -> BatchEvent:
    newest = select(func.max(batch_events.c.id)).where(batch_events.c.batch_id == batch.batch_id)
    event = entry.numbered((connection.scalar(newest) or 0) + 1)
    event = event.model_copy(update={"data": parse(dump(event.data))})
    connection.execute(insert(batch_events), event_row(batch, entry.step, event))
    return event


def _put_cells(connection: Connection, batch: Batch, cells: Sequence[CellSummary]) -> None:
    insert_or_replace(connection, batch_cells, [cell_row(batch, cell) for cell in cells])


def _add_trades(connection: Connection, runs: Sequence[CellRun]) -> None:
    """By the driver itself: there are tens of thousands of them, and each would be a dictionary."""
    quoted = ", ".join(f'"{name}"' for name in TRADE_ROW)
    if connection.dialect.name == "postgresql":
        statement: Any = f"COPY {backtest_trades.name} ({quoted}) FROM STDIN"
        with raw_cursor(connection) as cursor, cursor.copy(statement) as copy:
            for run in runs:
                for row in trade_tuples(run, "utc"):
                    copy.write_row(row)
        return
    marks = ", ".join("?" * len(TRADE_ROW))
    statement = f"INSERT INTO {backtest_trades.name} ({quoted}) VALUES ({marks})"  # noqa: S608 - names of the schema
    rows = [row for run in runs for row in trade_tuples(run, "text")]
    if rows:
        connection.exec_driver_sql(statement, rows)
