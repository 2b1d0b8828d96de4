"""The schema as one MetaData; a change also needs a step in ``sql/upgrades`` and one in ``supabase/migrations``."""

from backend.stores.sql.tables.batches import batch_cells, batch_events, batches
from backend.stores.sql.tables.bots import bot_datasets, bot_snapshots, bots
from backend.stores.sql.tables.datasets import sentiment_history, session_datasets, trading_datasets
from backend.stores.sql.tables.market import bars_snapshots, market_bars, market_coverage
from backend.stores.sql.tables.migrations import schema_migrations
from backend.stores.sql.tables.models import model_calls, model_replies
from backend.stores.sql.tables.openings import holdout_openings
from backend.stores.sql.tables.posts import collection_runs, post_scores, post_series, posts
from backend.stores.sql.tables.runs import backtest_runs, backtest_trades
from backend.stores.sql.tables.schema import METADATA
from backend.stores.sql.tables.sessions import attempts, session_events, sessions, trial_ledger
from backend.stores.sql.tables.strategies import strategies
from backend.stores.sql.tables.work import api_tokens, idempotency_keys, jobs

__all__ = [
    "METADATA",
    "api_tokens",
    "attempts",
    "backtest_runs",
    "backtest_trades",
    "bars_snapshots",
    "batch_cells",
    "batch_events",
    "batches",
    "bot_datasets",
    "bot_snapshots",
    "bots",
    "collection_runs",
    "holdout_openings",
    "idempotency_keys",
    "jobs",
    "market_bars",
    "market_coverage",
    "model_calls",
    "model_replies",
    "post_scores",
    "post_series",
    "posts",
    "schema_migrations",
    "sentiment_history",
    "session_datasets",
    "session_events",
    "sessions",
    "strategies",
    "trading_datasets",
    "trial_ledger",
]
