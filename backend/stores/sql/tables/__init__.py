"""The schema as one MetaData; a changed table also needs a numbered step in ``sql/upgrades``."""

from backend.stores.sql.tables.bots import bot_datasets, bot_snapshots, bots
from backend.stores.sql.tables.datasets import session_datasets, trading_datasets
from backend.stores.sql.tables.market import bars_snapshots, market_bars, market_coverage
from backend.stores.sql.tables.migrations import schema_migrations
from backend.stores.sql.tables.openings import holdout_openings
from backend.stores.sql.tables.posts import post_scores, posts
from backend.stores.sql.tables.runs import backtest_runs, backtest_trades
from backend.stores.sql.tables.schema import METADATA
from backend.stores.sql.tables.sessions import attempts, session_events, sessions, trial_ledger

__all__ = [
    "METADATA",
    "attempts",
    "backtest_runs",
    "backtest_trades",
    "bars_snapshots",
    "bot_datasets",
    "bot_snapshots",
    "bots",
    "holdout_openings",
    "market_bars",
    "market_coverage",
    "post_scores",
    "posts",
    "schema_migrations",
    "session_datasets",
    "session_events",
    "sessions",
    "trading_datasets",
    "trial_ledger",
]
