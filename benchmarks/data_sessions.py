"""What sessions cost in calls, reads and statements: cold, warm, again in one process, and a month longer."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from time import perf_counter

from backend.bootstrap import utc_now
from backend.domain.goal import Goal
from backend.domain.periods import Period
from backend.domain.sentiment import SentimentDataset
from backend.domain.sessions import Session, SessionRequest
from backend.providers.scorers import scorer
from backend.services.counters import DataCounters
from backend.services.dataset_manager import DatasetManager
from backend.services.datasets.delivery import DatasetStores
from backend.services.market_data import MarketData, SharedBars
from backend.services.posts import Posts
from backend.services.preparation import Preparation, Prepared
from backend.stores import FileLocks, FileOutbox, Stores
from benchmarks.data_sources import CHANNELS, SYMBOLS, GeneratedPosts, GeneratedPrices, draw_all
from benchmarks.data_stores import OWNER, OpenedStore, Sent, counted

YEARS = Period(start=date(2000, 1, 3), end=date(2012, 12, 31))
MONTH_LONGER = Period(start=YEARS.start, end=date(2013, 1, 31))
SHARES = (0.5, 0.2, 0.3)

_SCORER = scorer("finance_lexicon")
_numbers = count(1)


@dataclass(frozen=True)
class Program:
    """The data services as one process has them, with nothing in memory yet."""

    stores: Stores
    prices: GeneratedPrices
    posts: GeneratedPosts
    counters: DataCounters
    market: MarketData
    datasets: DatasetManager

    @classmethod
    @contextmanager
    def over(cls, stores: Stores) -> "Iterator[Program]":
        """A program whose store this is."""
        prices, posts, counters = GeneratedPrices(), GeneratedPosts(), DataCounters()
        scored = Posts(stores.posts, [posts], _SCORER)
        with tempfile.TemporaryDirectory() as folder:
            bars = SharedBars(stores.market, FileLocks(Path(folder) / "locks"))
            market = MarketData(bars, [prices], counters, utc_now)
            kept = DatasetStores(stores.datasets, FileOutbox(Path(folder) / "outbox"))
            yield cls(stores, prices, posts, counters, market, DatasetManager(kept, scored, counters, utc_now))

    def prepare(self, session: Session, period: Period) -> Prepared:
        """All data of a session: bars of one symbol, sentiment of every symbol and channel."""
        goal = Goal(request="", symbols=SYMBOLS, channels=CHANNELS, start=period.start, end=period.end)
        return Preparation(self.market, self.datasets, SHARES).prepare(session, goal, lambda _: None)

    def prefetch(self, session: Session, period: Period) -> tuple[SentimentDataset, ...]:
        """The sentiment alone."""
        wanted = (OWNER, session.session_id, SYMBOLS, CHANNELS, period)
        return self.datasets.prefetch(*wanted, lambda _: None).datasets


@dataclass(frozen=True)
class SessionCost:
    """What the data of one session cost.

    Attributes:
        price_days, post_days: asked of the sources, by calendar.
        sent: to the store.
    """

    store: str
    session: str
    price_calls: int
    price_days: int
    post_calls: int
    post_days: int
    reads: int
    sent: Sent
    dataset_writes: int
    posts_scored: int
    seconds: float


def new_session(stores: Stores) -> Session:
    """A stored session without data."""
    session = Session(
        session_id=f"ses_{next(_numbers)}",
        owner=OWNER,
        request=SessionRequest(text="the data of a session"),
        status="running",
        strategist="none",
        created_at=utc_now(),
    )
    stores.sessions.add_session(session)
    return session


def session_costs(store: OpenedStore) -> Iterator[SessionCost]:
    """Sessions over an empty store, each with the data of those before it."""
    draw_all()
    with Program.over(store.stores) as program:
        yield _cost(store, program, "cold", YEARS)
    with Program.over(store.stores) as program:
        yield _cost(store, program, "warm", YEARS)
        yield _cost(store, program, "again in that process", YEARS)
    with Program.over(store.stores) as program:
        yield _cost(store, program, "a month longer", MONTH_LONGER)


def _cost(store: OpenedStore, program: Program, name: str, period: Period) -> SessionCost:
    session, before = new_session(store.stores), program.counters.snapshot()
    with counted(store.name) as sent:
        began = perf_counter()
        program.prepare(session, period)
        seconds = perf_counter() - began
    now, prices, posts = program.counters, program.prices.asked, program.posts.asked
    return SessionCost(
        store=store.name,
        session=name,
        price_calls=prices.calls,
        price_days=prices.days,
        post_calls=posts.calls,
        post_days=posts.days,
        reads=now.data_reads - before.data_reads,
        sent=sent,
        dataset_writes=now.dataset_writes - before.dataset_writes,
        posts_scored=now.posts_scored - before.posts_scored,
        seconds=seconds,
    )
