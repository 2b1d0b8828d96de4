"""Tables of market data: bars, what is complete of them, and pinned snapshots; fetched series have the owner ``""``."""

from sqlalchemy import BigInteger, Column, Date, Double, Integer, LargeBinary, Table
from sqlalchemy import text as sql_text

from backend.stores.sql.tables.schema import METADATA, text

SERIES_KEY = ("symbol", "timeframe", "source", "owner")

market_bars = Table(
    "market_bars",
    METADATA,
    *(text(name, key=True) for name in SERIES_KEY),
    # Seconds since 1970 in UTC: tens of thousands of bars are read at once, and parsing times would take most of that.
    Column("end", BigInteger, primary_key=True, autoincrement=False),
    Column("start", BigInteger, nullable=False),
    Column("session", Date, nullable=False),
    *(Column(name, Double, nullable=False) for name in ("open", "high", "low", "close", "volume")),
    # Bars that were stored before there was this column are as if nothing was known of their raw prices.
    Column("adjustment", Double, nullable=False, server_default=sql_text("1")),
    sqlite_with_rowid=False,
)

market_coverage = Table(
    "market_coverage",
    METADATA,
    *(text(name, key=True) for name in SERIES_KEY),
    Column("start", Date, primary_key=True),
    Column("end", Date, nullable=False),
)

bars_snapshots = Table(
    "bars_snapshots",
    METADATA,
    text("snapshot_id", key=True),
    text("symbol"),
    text("timeframe"),
    text("source"),
    Column("bars", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
