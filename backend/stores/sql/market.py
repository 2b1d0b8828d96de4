"""Bars by symbol, timeframe and source, with the stretches known to be complete."""

from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, insert, select

from backend.domain.bars import Bars
from backend.domain.periods import Period
from backend.domain.ports import BarSpan
from backend.domain.stretches import joined
from backend.domain.timeframes import Timeframe
from backend.stores.codecs.bars import BAR_COLUMNS, bar_rows, bars_of_rows
from backend.stores.sql.database import Database
from backend.stores.sql.tables import market_bars, market_coverage
from backend.stores.sql.upserts import insert_or_replace


class SqlMarketStore:
    """The MarketStore port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read_bars(self, symbol: str, timeframe: Timeframe, source: str, period: Period) -> Bars | None:
        """Stored bars within ``period``; None when there are none."""
        wanted = (
            select(*(market_bars.c[name] for name in BAR_COLUMNS))
            .where(*_series(market_bars, symbol, timeframe, source))
            .where(market_bars.c.session.between(period.start, period.end))
            .order_by(market_bars.c.end)
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return bars_of_rows(symbol, timeframe, source, rows) if rows else None

    def coverage(self, symbol: str, timeframe: Timeframe, source: str) -> tuple[Period, ...]:
        """Complete stretches, ascending, not touching each other."""
        columns = select(market_coverage.c.start, market_coverage.c.end)
        series = _series(market_coverage, symbol, timeframe, source)
        with self._database.reading() as connection:
            rows = connection.execute(columns.where(*series).order_by(market_coverage.c.start)).all()
        return tuple(Period(start=row.start, end=row.end) for row in rows)

    def write_bars(self, bars: Bars, covered: Period) -> None:
        """Upsert the bars and mark ``covered`` as complete, in one transaction."""
        series = _series(market_coverage, bars.symbol, bars.timeframe, bars.source)
        columns = select(market_coverage.c.start, market_coverage.c.end)
        with self._database.writing() as connection:
            insert_or_replace(connection, market_bars, bar_rows(bars))
            stored = [Period(start=row.start, end=row.end) for row in connection.execute(columns.where(*series))]
            connection.execute(delete(market_coverage).where(*series))
            named = {"symbol": bars.symbol, "timeframe": str(bars.timeframe), "source": bars.source}
            merged = [named | period.model_dump() for period in joined([*stored, covered])]
            connection.execute(insert(market_coverage), merged)

    def bar_spans(self) -> tuple[BarSpan, ...]:
        """Every stored series, by symbol."""
        session, key = market_bars.c.session, [market_bars.c[name] for name in ("symbol", "timeframe", "source")]
        query = select(*key, func.min(session), func.max(session), func.count()).group_by(*key).order_by(*key)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(BarSpan(symbol, Timeframe(timeframe), *rest) for symbol, timeframe, *rest in rows)


def _series(table: Table, symbol: str, timeframe: Timeframe, source: str) -> list[ColumnElement[Any]]:
    return [table.c.symbol == symbol, table.c.timeframe == str(timeframe), table.c.source == source]
