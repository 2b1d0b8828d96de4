"""Thousands of rows at once, in the way that is fastest on each database."""

from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, func, select

from backend.domain.bars import Bars
from backend.stores.codecs.bars import ROW_COLUMNS, bar_rows, bars_as_copy
from backend.stores.sql.postgres import copy_block
from backend.stores.sql.tables import market_bars, posts
from backend.stores.sql.upserts import Rows, insert_missing, missing_inserted


def add_bars(connection: Connection, bars: Bars, owner: str) -> None:
    """Add bars none of which is stored."""
    if not len(bars):
        return
    if connection.dialect.name == "postgresql":
        copy_block(connection, market_bars.name, ROW_COLUMNS, bars_as_copy(bars, owner))
        return
    names, marks = ", ".join(f'"{name}"' for name in ROW_COLUMNS), ", ".join("?" * len(ROW_COLUMNS))
    statement = f"INSERT INTO {market_bars.name} ({names}) VALUES ({marks})"  # noqa: S608 - names of the schema
    connection.exec_driver_sql(statement, list(bar_rows(bars, owner)))


def add_posts(connection: Connection, rows: Rows) -> Counter[tuple[str, str]]:
    """Add the posts that are not stored yet; how many by channel and symbol; all are of one provider and one owner."""
    if not rows:
        return Counter()
    if connection.dialect.name == "postgresql":
        added = missing_inserted(posts, rows).returning(posts.c.channel, posts.c.symbol).cte("added")
        counts = select(added.c.channel, added.c.symbol, func.count()).group_by(added.c.channel, added.c.symbol)
        return Counter({(channel, symbol): count for channel, symbol, count in connection.execute(counts)})
    by_series = itemgetter("channel", "symbol")
    found = groupby(sorted(rows, key=by_series), by_series)
    counted: dict[Any, int] = {series: insert_missing(connection, posts, list(members)) for series, members in found}
    return Counter(counted)
