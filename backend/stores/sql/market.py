"""Bars by symbol, timeframe and source, with the stretches known to be complete."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from itertools import groupby
from typing import Any
from zlib import crc32

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, update

from backend.domain.bars import Bars
from backend.domain.periods import Period
from backend.domain.ports import BarSpan, StoredBars
from backend.domain.sources import SHARED, kept_for
from backend.domain.stretches import joined
from backend.domain.timeframes import Timeframe
from backend.stores.codecs.bars import BAR_COLUMNS, bars_of_rows, ends_within, refuse_outside
from backend.stores.sql.bulk import add_bars
from backend.stores.sql.database import Database
from backend.stores.sql.tables import market_bars, market_coverage
from backend.stores.sql.tables.market import SERIES_KEY

EVERY_LOCK = tuple(f"bars {n}" for n in range(64))
"""Series share these locks, so that whoever changes all of them can take them all."""


def series_lock(symbol: str, timeframe: Timeframe, source: str, owner: str) -> str:
    """The lock of a series, the same in every process."""
    key = "\n".join((symbol, str(timeframe), source, owner))
    return EVERY_LOCK[crc32(key.encode()) % len(EVERY_LOCK)]


class SqlMarketStore:
    """The MarketStore port over a database.

    Args:
        owner: whose imported series it serves, beside the fetched ones that are everybody's.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner

    def series(self, symbol: str, timeframe: Timeframe) -> tuple[StoredBars, ...]:
        """What there is of each source, by source, in one read."""
        covered = market_coverage.c
        same = [market_bars.c[name] == covered[name] for name in SERIES_KEY]
        session, end = select(market_bars.c.session).where(*same).limit(1), market_bars.c.end
        ends = [session.order_by(order).scalar_subquery() for order in (end.asc(), end.desc())]
        query = select(covered.source, covered.start, covered.end, *ends)
        query = query.where(covered.symbol == symbol, covered.timeframe == str(timeframe), self._served(covered.owner))
        with self._database.asking() as connection:
            rows = connection.execute(query.order_by(covered.source, covered.start)).all()
        return tuple(_stored_bars(source, list(found)) for source, found in groupby(rows, lambda row: str(row[0])))

    def read_bars(self, symbol: str, timeframe: Timeframe, source: str, period: Period) -> Bars | None:
        """Stored bars within ``period``; None when there are none."""
        wanted = (
            select(*(market_bars.c[name] for name in BAR_COLUMNS))
            .where(*self._series(market_bars, symbol, timeframe, source))
            .where(*_within(period))
            .order_by(market_bars.c.end)
        )
        with self._database.asking() as connection:
            rows = connection.execute(wanted).all()
        return bars_of_rows(symbol, timeframe, source, rows) if rows else None

    def write_bars(self, bars: Bars, covered: Period) -> None:
        """Put the bars in place of all that is stored of their series within ``covered``, and mark it as complete.

        In one transaction.

        Raises:
            InvalidInput: a bar lies outside ``covered``.
        """
        refuse_outside(bars, covered)
        series = self._series(market_coverage, bars.symbol, bars.timeframe, bars.source)
        columns = select(market_coverage.c.start, market_coverage.c.end)
        with self._writing(bars) as connection:
            stored = [Period(start=row.start, end=row.end) for row in connection.execute(columns.where(*series))]
            self._replace(connection, bars, covered, joined([*stored, covered]))

    def replace_series(self, bars: Bars, covered: Period) -> None:
        """Put the bars in place of the whole series of that source: its history has changed. In one transaction.

        Raises:
            InvalidInput: a bar lies outside ``covered``.
        """
        refuse_outside(bars, covered)
        with self._writing(bars) as connection:
            self._replace(connection, bars, None, [covered])

    def delete_bars(
        self,
        *,
        symbol: str | None = None,
        timeframe: Timeframe | None = None,
        before: date | None = None,
        shared: bool = True,
    ) -> int:
        """Delete bars and coverage of the sessions before ``before`` (None: all); returns how many bars.

        Snapshots that bots pinned stay. An argument left out means every one; imported series of other owners stay, and
        with ``shared`` false those that were fetched, too.
        """
        with self._database.writing(*EVERY_LOCK) as connection:
            chosen = [*_named(market_bars, symbol, timeframe), self._owned(market_bars, shared=shared)]
            past = [] if before is None else [market_bars.c.session < before]
            count = connection.execute(delete(market_bars).where(*chosen, *past)).rowcount
            chosen = [*_named(market_coverage, symbol, timeframe), self._owned(market_coverage, shared=shared)]
            _uncover(connection, chosen, before)
        return count

    def coverage(self) -> Mapping[tuple[str, Timeframe, str], tuple[Period, ...]]:
        """The complete stretches of every series, by symbol, timeframe and source; far cheaper than counting bars."""
        key = [market_coverage.c[name] for name in SERIES_KEY]
        query = select(*key[:-1], market_coverage.c.start, market_coverage.c.end).where(self._served(key[-1]))
        with self._database.asking() as connection:
            rows = connection.execute(query.order_by(*key, market_coverage.c.start)).all()
        return coverage_of(rows)

    def bar_spans(self) -> tuple[BarSpan, ...]:
        """Every stored series, by symbol."""
        session, key = market_bars.c.session, [market_bars.c[name] for name in SERIES_KEY]
        query = select(*key, func.min(session), func.max(session), func.count()).where(self._served(key[-1]))
        with self._database.asking() as connection:
            rows = connection.execute(query.group_by(*key).order_by(*key)).all()
        return tuple(BarSpan(row[0], Timeframe(row[1]), row[2], row[4], row[5], row[6]) for row in rows)

    def _served(self, owner: ColumnElement[str]) -> ColumnElement[bool]:
        return owner.in_((SHARED, self._owner))

    def _series(self, table: Table, symbol: str, timeframe: Timeframe, source: str) -> list[ColumnElement[Any]]:
        named = (symbol, str(timeframe), source, kept_for(source, self._owner))
        return [table.c[name] == value for name, value in zip(SERIES_KEY, named, strict=True)]

    def _owned(self, table: Table, *, shared: bool) -> ColumnElement[bool]:
        return self._served(table.c.owner) if shared else table.c.owner == self._owner

    def _writing(self, bars: Bars) -> AbstractContextManager[Connection]:
        owner = kept_for(bars.source, self._owner)
        return self._database.writing(series_lock(bars.symbol, bars.timeframe, bars.source, owner))

    def _replace(self, connection: Connection, bars: Bars, within: Period | None, coverage: Iterable[Period]) -> None:
        owner, names = kept_for(bars.source, self._owner), (bars.symbol, bars.timeframe, bars.source)
        old = delete(market_bars).where(*self._series(market_bars, *names))
        if within is not None:
            old = old.where(*_within(within))
        connection.execute(old)
        add_bars(connection, bars, owner)
        connection.execute(delete(market_coverage).where(*self._series(market_coverage, *names)))
        named = dict(zip(SERIES_KEY, (bars.symbol, str(bars.timeframe), bars.source, owner), strict=True))
        connection.execute(insert(market_coverage), [named | stretch.model_dump() for stretch in coverage])


def coverage_of(rows: Iterable[Sequence[Any]]) -> dict[tuple[str, Timeframe, str], tuple[Period, ...]]:
    """Stretches by series, from rows of symbol, timeframe, source, start and end in this order."""
    found: dict[tuple[str, Timeframe, str], tuple[Period, ...]] = {}
    for symbol, timeframe, source, start, end in rows:
        series = symbol, Timeframe(timeframe), source
        found[series] = (*found.get(series, ()), Period(start=start, end=end))
    return found


def _stored_bars(source: str, rows: Sequence[Sequence[Any]]) -> StoredBars:
    covered = tuple(Period(start=row[1], end=row[2]) for row in rows)
    first, last = rows[0][3:]
    return StoredBars(source, covered, None if first is None else Period(start=first, end=last))


def _named(table: Table, symbol: str | None, timeframe: Timeframe | None) -> list[ColumnElement[bool]]:
    symbols = [] if symbol is None else [table.c.symbol == symbol]
    return symbols if timeframe is None else [*symbols, table.c.timeframe == str(timeframe)]


def _within(period: Period) -> list[ColumnElement[bool]]:
    bar = market_bars.c
    return [bar.session.between(period.start, period.end), bar.end.between(*ends_within(period))]


def _uncover(connection: Connection, chosen: Sequence[ColumnElement[Any]], before: date | None) -> None:
    covered = market_coverage.c
    past = [] if before is None else [covered.end < before]
    connection.execute(delete(market_coverage).where(*chosen, *past))
    if before is not None:
        connection.execute(update(market_coverage).where(*chosen, covered.start < before).values(start=before))
