"""What the services need from outside, as Protocols; stores, providers and jobs implement them."""

from backend.domain.ports.account_store import AnswerStore, KeptAnswer, TokenStore
from backend.domain.ports.ambient import CancelRequested, Clock, Exchange, NewId, Progress, SessionHours, never
from backend.domain.ports.batch_store import BatchStore, CellResult, CellRun, Entry, PriceColumns
from backend.domain.ports.dataset_store import DatasetStore, DatasetUse, Outbox, StoredSentiment, WaitingDatasets
from backend.domain.ports.job_store import ALONE, Delivery, JobStore, Running
from backend.domain.ports.market_store import BarSpan, FetchLocks, MarketStore, StoredBars
from backend.domain.ports.model_store import KeptReplies, ModelStore
from backend.domain.ports.post_store import PostSpan, PostStore, UnscoredPosts
from backend.domain.ports.result_stores import BotStore, RunCurves, RunStore
from backend.domain.ports.session_store import LedgerStore, SessionLocks, SessionStore
from backend.domain.ports.sources import FileTable, PostCollector, PostSource, PriceSource, ReadTable, Scorer
from backend.domain.ports.strategy_store import StrategyStore

__all__ = [
    "ALONE",
    "AnswerStore",
    "BarSpan",
    "BatchStore",
    "BotStore",
    "CancelRequested",
    "CellResult",
    "CellRun",
    "Clock",
    "DatasetStore",
    "DatasetUse",
    "Delivery",
    "Entry",
    "Exchange",
    "FetchLocks",
    "FileTable",
    "JobStore",
    "KeptAnswer",
    "KeptReplies",
    "LedgerStore",
    "MarketStore",
    "ModelStore",
    "NewId",
    "Outbox",
    "PostCollector",
    "PostSource",
    "PostSpan",
    "PostStore",
    "PriceColumns",
    "PriceSource",
    "Progress",
    "ReadTable",
    "RunCurves",
    "RunStore",
    "Running",
    "Scorer",
    "SessionHours",
    "SessionLocks",
    "SessionStore",
    "StoredBars",
    "StoredSentiment",
    "StrategyStore",
    "TokenStore",
    "UnscoredPosts",
    "WaitingDatasets",
    "never",
]
