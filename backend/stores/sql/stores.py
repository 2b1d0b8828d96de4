"""Every store over one database, as one bundle of ports."""

from dataclasses import dataclass
from typing import Self

from backend.domain.ports import (
    AnswerStore,
    BatchStore,
    BotStore,
    DatasetStore,
    JobStore,
    LedgerStore,
    MarketStore,
    ModelStore,
    PostStore,
    RunStore,
    SessionStore,
    StrategyStore,
    TokenStore,
)
from backend.stores.sql.answers import SqlAnswerStore
from backend.stores.sql.batches import SqlBatchStore
from backend.stores.sql.bots import SqlBotStore
from backend.stores.sql.database import Database
from backend.stores.sql.datasets import SqlDatasetStore
from backend.stores.sql.jobs import SqlJobStore
from backend.stores.sql.market import SqlMarketStore
from backend.stores.sql.models import SqlModelStore
from backend.stores.sql.openings import SqlLedgerStore
from backend.stores.sql.posts import SqlPostStore
from backend.stores.sql.runs import SqlRunStore
from backend.stores.sql.sessions import SqlSessionStore
from backend.stores.sql.strategies import SqlStrategyStore
from backend.stores.sql.tokens import SqlTokenStore


@dataclass(frozen=True)
class Stores:
    """The stores of one database; each may be handed over on its own."""

    market: MarketStore
    posts: PostStore
    datasets: DatasetStore
    sessions: SessionStore
    ledger: LedgerStore
    runs: RunStore
    bots: BotStore
    models: ModelStore
    strategies: StrategyStore
    batches: BatchStore
    jobs: JobStore
    tokens: TokenStore
    answers: AnswerStore

    @classmethod
    def over(cls, database: Database, owner: str = "local") -> Self:
        """All of them over ``database``; imported bars and posts are those of ``owner``."""
        return cls(
            market=SqlMarketStore(database, owner),
            posts=SqlPostStore(database, owner),
            datasets=SqlDatasetStore(database),
            sessions=SqlSessionStore(database),
            ledger=SqlLedgerStore(database),
            runs=SqlRunStore(database),
            bots=SqlBotStore(database),
            models=SqlModelStore(database),
            strategies=SqlStrategyStore(database),
            batches=SqlBatchStore(database),
            jobs=SqlJobStore(database),
            tokens=SqlTokenStore(database),
            answers=SqlAnswerStore(database),
        )
