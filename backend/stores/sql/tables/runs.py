"""Tables of direct backtests: the run, and its closed trades a row each."""

from sqlalchemy import Column, Double, Index, Integer, LargeBinary, Table, UniqueConstraint

from backend.stores.sql.column_types import Document, Utc
from backend.stores.sql.tables.schema import METADATA, number, owned, text

backtest_runs = Table(
    "backtest_runs",
    METADATA,
    number(),
    text("owner"),
    text("run_id"),
    Column("created_at", Utc, nullable=False),
    Column("document", Document, nullable=False),
    Column("equity", LargeBinary, nullable=False),
    UniqueConstraint("run_id"),
    UniqueConstraint("owner", "run_id"),
    Index(None, "owner", "created_at"),
)

backtest_trades = Table(
    "backtest_trades",
    METADATA,
    text("run_id", key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    text("owner"),
    text("symbol"),
    text("side"),
    Column("entry_time", Utc, nullable=False),
    Column("entry_price", Double, nullable=False),
    Column("exit_time", Utc, nullable=False),
    Column("exit_price", Double, nullable=False),
    Column("units", Double, nullable=False),
    Column("pnl", Double, nullable=False),
    Column("return", Double, nullable=False),
    Column("bars_held", Integer, nullable=False),
    text("exit_reason"),
    owned("run_id", "backtest_runs.run_id", cascade=True),
)
