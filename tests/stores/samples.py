"""Small records for the stores: complete, valid, and told apart by what a test names."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from backend.domain.arrays import Dates, Floats
from backend.domain.bars import Bars
from backend.domain.bots import Bot, BotMetrics
from backend.domain.collection import CollectionRun
from backend.domain.execution import Execution
from backend.domain.goal import Goal, Target
from backend.domain.hashing import hash_arrays
from backend.domain.ledger import MarketFingerprint, Opening, TrialBatch
from backend.domain.models import ModelCall, ModelReply, StoredReply, Tokens
from backend.domain.periods import Period, Periods
from backend.domain.results import BacktestRun, Financing, Metrics, OpenPosition, PriceLine, Trade
from backend.domain.sentiment import (
    Channel,
    DatasetLink,
    DatasetMetadata,
    Post,
    SentimentDataset,
    SentimentDay,
    SentimentDays,
)
from backend.domain.sessions import Attempt, Session, SessionRequest
from backend.domain.spec import Parameter, StrategySpec
from backend.domain.strategies import SavedStrategy
from backend.domain.timeframes import Timeframe
from backend.domain.verdict import Check, Verdict

OWNER, STRANGER = "ann", "bob"
NOON = datetime(2024, 5, 6, 12, 0, 0, 123456, tzinfo=UTC)
EVER = Period(start=date(1970, 1, 1), end=date(2200, 1, 1))

SPEC = StrategySpec(
    name="Cross",
    parameters=(Parameter(name="n", kind="int", value=20, low=5, high=50),),
    long_entry="close > sma(close, n)",
)
PERIODS = Periods(
    train=Period(start=date(2020, 1, 2), end=date(2021, 1, 4)),
    validation=Period(start=date(2021, 1, 5), end=date(2021, 6, 1)),
    holdout=Period(start=date(2021, 6, 2), end=date(2022, 6, 1)),
)
METRICS = Metrics(
    final_equity=100_100.1,
    total_return=0.1 + 0.2,  # 0.30000000000000004: comes back with its last digit or the store rounds
    cagr=1 / 3,
    volatility=None,
    sharpe=1e-300,
    sortino=-2.5,
    calmar=None,
    max_drawdown=0.15,
    longest_drawdown_days=7,
    trades=3,
    win_rate=2 / 3,
    profit_factor=None,
    average_trade=1.5,
    best_trade=9.0,
    worst_trade=-3.25,
    exposure=0.5,
    turnover=None,
    costs_paid=12.34,
    benchmark_return=0.07,
    alpha=None,
    beta=1.0,
)
VERDICT = Verdict(
    outcome="unproven",
    checks=(Check(name="edge", required=True, passed=False, value=0.2, threshold=0.05, note="p = 0.2"),),
    reasons=("edge: p 0.2 > 0.05",),
)


def period(start: str, end: str) -> Period:
    return Period(start=date.fromisoformat(start), end=date.fromisoformat(end))


def make_session(session_id: str = "ses_1", owner: str = OWNER, **changes: Any) -> Session:
    session = Session(
        session_id=session_id,
        owner=owner,
        request=SessionRequest(text="momentum on AAPL, drawdown under 15 %", symbols=("AAPL",)),
        status="running",
        strategist="built-in search",
        created_at=NOON,
        goal=Goal(request="x", symbols=("AAPL",), targets=(Target(metric="max_drawdown", op="<=", value=0.15),)),
        periods=PERIODS,
    )
    return session.model_copy(update=changes)


def make_attempt(n: int = 1, **changes: Any) -> Attempt:
    attempt = Attempt(
        n=n,
        attempt_id=f"att_{n}",
        family="trend_cross",
        parent=None,
        origin="fresh",
        spec=SPEC,
        spec_hash="s1",
        diff=("+ close > sma(close, n)",),
        trials=2,
        train=METRICS,
    )
    return attempt.model_copy(update=changes)


def make_trials(step: str = "backtest:1", session_id: str = "ses_1") -> TrialBatch:
    sketch: Floats = np.array([[0.1, np.nan, -0.0], [np.inf, 5e-324, 1 / 3]])
    return TrialBatch(session_id, step, 2, sketch)


def make_opening(opening_id: str = "opn_1", owner: str = OWNER, **changes: Any) -> Opening:
    session = np.arange("2021-06-02", "2021-06-05", dtype="datetime64[D]")
    fields: dict[str, Any] = {
        "id": opening_id,
        "owner": owner,
        "kind": "session",
        "subject_id": "ses_1",
        "symbol": "AAPL",
        "spec_hash": "s1",
        "data_hash": "d1",
        "period": PERIODS.holdout,
        "fingerprint": MarketFingerprint(session, np.array([np.nan, 0.01, -1 / 3])),
        "opened_at": NOON,
    }
    return Opening(**(fields | changes))


def make_days(sessions: int = 3, first: str = "2024-05-06", seed: int = 0) -> SentimentDays:
    """Every third session has no posts, and with them no mean, median and standard deviation."""
    random = np.random.default_rng(seed)
    session: Dates = np.arange(np.datetime64(first, "D"), np.datetime64(first, "D") + np.timedelta64(sessions, "D"))
    cutoff = (session.astype("datetime64[s]").astype(np.int64) + 72_000).astype("datetime64[s]")
    counts: dict[str, Any] = {
        name: random.integers(0, 50, sessions)
        for name in ("posts", "unique_posts", "authors", "positive", "neutral", "negative")
    }
    empty = np.arange(sessions) % 3 == 2
    values = {name: np.where(empty, np.nan, random.normal(size=sessions)) for name in ("mean", "median", "std")}
    return SentimentDays(
        session=session,
        cutoff=cutoff,
        coverage=(np.arange(sessions) % 4).astype(np.int8),
        **counts,
        **values,
    )


def make_dataset(
    symbol: str = "AAPL", channel: Channel = "reddit", days: SentimentDays | None = None, **changes: Any
) -> SentimentDataset:
    days = make_days() if days is None else days
    fields: dict[str, Any] = {
        "symbol": symbol,
        "channel": channel,
        "provider": "file",
        "timeframe": Timeframe.DAY,
        "start": days.session[0].astype(object) if len(days) else NOON.date(),
        "end": days.session[-1].astype(object) if len(days) else NOON.date(),
        "scorer": "finance_lexicon/1",
        "days": days,
        "metadata": DatasetMetadata(
            total_days=len(days),
            days_with_data=2,
            total_posts=5,
            avg_sentiment=None,
            coverage=2 / 3,
            from_cache_days=0,
            fetched_at=NOON,
            point_in_time=True,
            notices=("scores were read later: not used as weights",),
        ),
    }
    dataset_id = "dst_" + hash_arrays(symbol, channel, days.session, days.mean, days.posts)[:12]
    return SentimentDataset(**({"id": dataset_id} | fields | changes))


def make_day(session: str = "2024-05-06", **changes: Any) -> SentimentDay:
    fields: dict[str, Any] = {
        "session": date.fromisoformat(session),
        "cutoff_utc": datetime.fromisoformat(f"{session}T20:00:00+00:00"),
        "coverage": "fetched-with-posts",
        "posts": 5,
        "unique_posts": 4,
        "mean": 1 / 3,
        "scorer": "finance_lexicon/1",
        "point_in_time": True,
        "available_posts": 77,
    }
    return SentimentDay(**(fields | changes))


def make_post(post_id: str = "p1", symbol: str = "AAPL", **changes: Any) -> Post:
    post = Post(
        id=post_id,
        symbol=symbol,
        channel="reddit",
        created_at=NOON,
        known_at=NOON + timedelta(hours=1),
        author="kim",
        text="Great quarter 🚀\n",
        score=0.1,
        url="https://example.org/p1",
    )
    return post.model_copy(update=changes)


def make_visit(visit_id: str, hours: tuple[float, float] | None = (0, 1), **changes: Any) -> CollectionRun:
    """A visit of a collector that saw the posts between two moments, in hours after ``NOON``."""
    start, end = (None, None) if hours is None else (NOON + timedelta(hours=hour) for hour in hours)
    visit = CollectionRun(visit_id, "reddit", "AAPL", "reddit", NOON, start, end, found=2)
    return replace(visit, **changes)


def make_run(run_id: str = "run_1", owner: str = OWNER, **changes: Any) -> BacktestRun:
    trade = Trade(
        symbol="AAPL",
        side="long",
        entry_time=NOON,
        entry_price=100.1,
        exit_time=NOON + timedelta(days=1, microseconds=1),
        exit_price=0.1 + 0.2,
        units=1 / 3,
        pnl=-12.0,
        return_=-0.1,
        bars_held=1,
        exit_reason="stop",
    )
    run = BacktestRun(
        run_id=run_id,
        owner=owner,
        spec=SPEC,
        spec_hash="s1",
        data_hash="d1",
        engine_version="1",
        symbols=("AAPL",),
        timeframe=Timeframe.DAY,
        start=date(2020, 1, 2),
        end=date(2022, 6, 1),
        bars=600,
        source="sample",
        execution=Execution(),
        notices=("sample data",),
        metrics=METRICS,
        trades=(trade, trade.model_copy(update={"side": "short", "exit_reason": "time"})),
        open_positions=(
            OpenPosition(
                symbol="AAPL",
                side="long",
                entry_time=NOON,
                entry_price=1.0,
                units=2.0,
                marked_price=3.0,
                pnl=4.0,
                bars_held=5,
            ),
        ),
        equity_time=(NOON, NOON + timedelta(days=1)),
        equity_value=(100_000.0, 100_000.0 / 3),
        benchmark_value=(100_000.0, 1e-300),
        exposure_value=(0.1 + 0.2, -1.0),
        financing=Financing(interest_earned=0.1, borrow_paid=1 / 3),
        prices=(
            PriceLine(symbol="MSFT", time=(NOON,), close=(1 / 3,)),
            PriceLine(symbol="AAPL", time=(NOON, NOON + timedelta(days=1)), close=(100.1, 100_100.1)),
        ),
        created_at=NOON,
    )
    return run.model_copy(update=changes)


def make_bot(
    bot_id: str = "bot_1",
    owner: str = OWNER,
    datasets: tuple[SentimentDataset, ...] = (),
    bars: tuple[Bars, ...] = (),
    **changes: Any,
) -> Bot:
    bot = Bot(
        bot_id=bot_id,
        owner=owner,
        name="Momentum",
        session_id="ses_1",
        attempt_id="att_1",
        symbols=("AAPL",),
        spec=SPEC,
        spec_hash="s1",
        data_hash="d1",
        engine_version="1",
        execution=Execution(),
        periods=PERIODS,
        verdict=VERDICT,
        metrics=BotMetrics(train=METRICS, validation=METRICS, holdout=None),
        datasets=tuple(DatasetLink.of(dataset) for dataset in datasets),
        bars_snapshots=tuple(series.content_hash for series in bars),
        notices=(),
        created_at=NOON,
    )
    return bot.model_copy(update=changes)


def make_call(n: int = 1, **changes: Any) -> ModelCall:
    call = ModelCall(
        session_id="ses_1",
        n=n,
        step="0003.propose",
        role="strategist",
        request_hash="h1",
        status="reserved",
        tokens=Tokens(input=1000, output=4000),
        usd=0.01,
        at=NOON,
    )
    return call.model_copy(update=changes)


def make_reply(**changes: Any) -> StoredReply:
    reply = ModelReply(text='{"name": "Cross"}', finish_reason="stop", tokens=Tokens(input=90, output=10, cached=40))
    return StoredReply(request_hash="h1", model="m", reply=reply, created_at=NOON).model_copy(update=changes)


def make_strategy(strategy_id: str = "str_1", **changes: Any) -> SavedStrategy:
    strategy = SavedStrategy(
        strategy_id=strategy_id, name="Cross", kind="own", spec=SPEC, spec_hash="s1", created_at=NOON
    )
    return strategy.model_copy(update=changes)


def as_row(record: Any) -> dict[str, Any]:
    """A record of arrays as values that ``==`` compares: each array by its type, shape and bytes."""
    return {name: _comparable(value) for name, value in vars(record).items() if name != "content_hash"}


def _comparable(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    return as_row(value) if hasattr(value, "__dataclass_fields__") else value
