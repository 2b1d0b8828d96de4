"""A session, a run and a bot written by hand, for looking at how they are shown."""

from datetime import UTC, date, datetime

from backend.domain.bots import Bot, BotMetrics
from backend.domain.execution import Execution
from backend.domain.goal import Goal, Target
from backend.domain.periods import Period, Periods
from backend.domain.results import BacktestRun, Financing, Metrics, OpenPosition, Trade
from backend.domain.sentiment import DatasetLink
from backend.domain.sessions import Attempt, Change, Diagnosis, Event, EventType, Session, SessionRequest, Timings
from backend.domain.spec import Parameter, Risk, Rotation, Series, Sizing, StrategySpec
from backend.domain.timeframes import Timeframe
from backend.domain.verdict import Check, Holdout, NullLeague, NullPlayer, Verdict

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
SYNTHETIC = "The reddit posts of AAPL are synthetic: they show how sentiment is used, and prove nothing about it."

SPEC = StrategySpec(
    name="Trend with calm entries",
    rationale="Follows the trend while the crowd is not euphoric.",
    parameters=(Parameter(name="slow", kind="int", value=120, low=40, high=250),),
    series=(Series(name="trend", expression="sma(close, slow)"),),
    long_entry="close > trend and sentiment_mean('reddit', 5) < 0.4",
    long_exit="close < trend",
    sizing=Sizing(kind="volatility_target", value=0.2),
    risk=Risk(stop_loss=0.08, max_holding_bars=120),
)


def metrics(sharpe: float | None = 0.84, total_return: float = 2.104, trades: int = 41) -> Metrics:
    """Metrics of which three are chosen and the others plausible."""
    return Metrics(
        final_equity=100_000 * (1 + total_return),
        total_return=total_return,
        cagr=0.19,
        volatility=0.243,
        sharpe=sharpe,
        sortino=1.21,
        calmar=0.62,
        max_drawdown=0.307,
        longest_drawdown_days=412,
        trades=trades,
        win_rate=0.463,
        profit_factor=1.9,
        average_trade=0.031,
        best_trade=0.62,
        worst_trade=-0.081,
        exposure=0.58,
        turnover=6.3,
        costs_paid=4_812.35,
        benchmark_return=3.97,
        alpha=-0.012,
        beta=0.55,
    )


def attempt(n: int = 1, failed_reason: str | None = None) -> Attempt:
    """An attempt that was backtested and analysed, or one that failed."""
    facts = {"n": n, "attempt_id": f"att_{n:012d}", "family": "trend_sentiment_filter", "parent": None}
    shared = {**facts, "origin": "fresh start", "spec": SPEC, "spec_hash": "5f3e" * 8, "diff": (), "trials": 96}
    if failed_reason:
        return Attempt(**{**shared, "trials": 0}, failed_reason=failed_reason)
    diagnosis = Diagnosis(
        limiting_factor="drawdown_too_deep",
        evidence=("max_drawdown is 0.307",),
        suggested_changes=(Change(kind="add_stop", place="risk", reason="losses run"),),
    )
    return Attempt(**shared, train=metrics(), validation=metrics(0.41, -0.052, 12), diagnosis=diagnosis)


def verdict() -> Verdict:
    """Unproven, with a check of every kind."""
    return Verdict(
        outcome="unproven",
        checks=(
            Check(
                name="causality", required=True, passed=True, value=24, threshold=20, note="24 cut points, none moved"
            ),
            Check(
                name="overfitting", required=False, passed=False, value=0.6134, threshold=0.5, note="range 0.5 to 0.7"
            ),
            Check(
                name="edge", required=True, passed=False, value=0.2181, threshold=0.05, note="p 0.2181 after 1 opening"
            ),
            Check(
                name="knowledge_cutoff",
                required=False,
                passed=None,
                value=None,
                threshold=None,
                note="only for strategies that a language model proposed, which this one was not",
            ),
        ),
        reasons=("edge: p is 0.218, needed at most 0.05.", "About 9 more years of such results would be needed."),
    )


def periods() -> Periods:
    """Thirteen years cut at 50, 20 and 30 percent."""
    return Periods(
        train=Period(start=date(2000, 3, 1), end=date(2006, 8, 25)),
        validation=Period(start=date(2006, 8, 28), end=date(2009, 4, 3)),
        holdout=Period(start=date(2009, 4, 6), end=date(2013, 3, 1)),
    )


def link() -> DatasetLink:
    """The dataset that the session used."""
    return DatasetLink(
        id="ds_1",
        symbol="AAPL",
        channel="reddit",
        provider="sample",
        start=date(2000, 3, 1),
        end=date(2013, 3, 1),
        total_days=3_270,
        days_with_data=2_871,
        coverage=1.0,
        content_hash="9ab4" * 8,
    )


def running_session(**changes: object) -> Session:
    """A session that has only begun."""
    session = Session(
        session_id="ses_1f0c9a2b7d43",
        owner="local",
        request=SessionRequest(text="momentum on AAPL with reddit, drawdown under 35 %", seed=7),
        status="running",
        strategist="built-in search (rule-based, no language model)",
        created_at=NOON,
    )
    return session.model_copy(update=changes)


def done_session(**changes: object) -> Session:
    """A session with everything a session can have."""
    return running_session(
        status="done",
        goal=Goal(
            request="momentum on AAPL with reddit, drawdown under 35 %",
            symbols=("AAPL",),
            channels=("reddit",),
            targets=(Target(metric="max_drawdown", op="<=", value=0.35),),
            style=("momentum",),
            not_understood=("please",),
        ),
        periods=periods(),
        data_hash="c0de" * 8,
        datasets=(link(),),
        notices=(SYNTHETIC,),
        chosen=attempt(1).attempt_id,
        trials=193,
        effective_trials=21.37,
        holdout=Holdout(metrics=metrics(0.37, 0.214, 19), p_value=0.2181, p_value_adjusted=0.2181, openings=1),
        verdict=verdict(),
        null_league=NullLeague(
            buy_and_hold=NullPlayer(total_return=1.9, sharpe=0.91, max_drawdown=0.437, draws=1, beaten=0.0),
            random_entries=NullPlayer(total_return=0.1, sharpe=0.2, max_drawdown=0.3, draws=200, beaten=0.71),
            random_search=None,
        ),
        timings=Timings(prefetch_s=1.21, loop_s=6.4, total_s=8.9),
    ).model_copy(update=changes)


def run(run_id: str = "run_0a1b2c3d4e5f", spec: StrategySpec = SPEC) -> BacktestRun:
    """A stored backtest of two trades and an open position."""
    trade = Trade(
        symbol="AAPL",
        side="long",
        entry_time=datetime(2010, 1, 5, 14, 30, tzinfo=UTC),
        entry_price=26.31,
        exit_time=datetime(2010, 3, 5, 14, 30, tzinfo=UTC),
        exit_price=27.95,
        units=3_800.25,
        pnl=6_190.2,
        return_=0.0619,
        bars_held=41,
        exit_reason="signal",
    )
    held = OpenPosition(
        symbol="AAPL",
        side="long",
        entry_time=datetime(2012, 12, 3, 14, 30, tzinfo=UTC),
        entry_price=75.2,
        units=1_400,
        marked_price=57.1,
        pnl=-25_340.0,
        bars_held=60,
    )
    return BacktestRun(
        run_id=run_id,
        owner="local",
        spec=spec,
        spec_hash="5f3e" * 8,
        data_hash="c0de" * 8,
        engine_version="1",
        symbols=("AAPL",),
        timeframe=Timeframe.DAY,
        start=date(2010, 1, 4),
        end=date(2013, 3, 1),
        bars=794,
        source="sample",
        execution=Execution(),
        notices=(),
        metrics=metrics(),
        trades=(trade, trade.model_copy(update={"pnl": -512.0, "return_": -0.005, "exit_reason": "stop"})),
        open_positions=(held,),
        equity_time=(NOON, NOON, NOON),
        equity_value=(100_000.0, 106_190.2, 80_338.2),
        created_at=NOON,
    )


def portfolio() -> BacktestRun:
    """A run of three symbols, of which the last is never traded; interest was earned and a short paid for."""
    one, two = run().trades
    rotation = Rotation(rank="roc(close, 60)", top=2, every=21)
    return run(spec=SPEC.model_copy(update={"rotation": rotation})).model_copy(
        update={
            "symbols": ("AAPL", "MSFT", "IBM"),
            "trades": (one, two.model_copy(update={"symbol": "MSFT", "side": "short"})),
            "execution": Execution(max_positions=2, whole_shares=True, interest_rate=0.02, borrow_rate=0.03),
            "financing": Financing(interest_earned=1_234.5, borrow_paid=67.8),
        }
    )


def bot() -> Bot:
    """The session above, kept."""
    return Bot(
        bot_id="bot_77aa88bb99cc",
        owner="local",
        name="first",
        session_id="ses_1f0c9a2b7d43",
        attempt_id=attempt(1).attempt_id,
        symbols=("AAPL",),
        spec=SPEC,
        spec_hash="5f3e" * 8,
        data_hash="c0de" * 8,
        engine_version="1",
        execution=Execution(),
        periods=periods(),
        verdict=verdict(),
        metrics=BotMetrics(train=metrics(), validation=metrics(0.41), holdout=None),
        datasets=(link(),),
        bars_snapshots=("c0de" * 8,),
        notices=(SYNTHETIC,),
        created_at=NOON,
    )


def event(type: EventType, data: dict[str, object], id: int = 1) -> Event:
    """One event of the session above."""
    return Event(id=id, session_id="ses_1f0c9a2b7d43", at=NOON, type=type, data=data)


def backtested(n: int = 1, failed_reason: str | None = None) -> Event:
    """The event that a tested attempt writes."""
    tested = attempt(n, failed_reason)
    kept = {"n", "attempt_id", "family", "spec_hash", "diff", "trials", "train", "validation", "failed_reason"}
    return event("attempt.backtested", tested.model_dump(mode="json", include=kept) | {"name": tested.title})
