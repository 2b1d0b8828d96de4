"""No market looks better by having fewer bars than the calendar, or other ones than a round number of minutes."""

import numpy as np
import pytest

from backend.domain.arrays import Instants
from backend.domain.bars import Bars
from backend.domain.execution import Execution
from backend.domain.frames import Frame
from backend.domain.spec import StrategySpec
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import observed_periods_per_year, periods_per_year, trading_calendar
from backend.engine.resampling import resample
from backend.language import compile_spec
from backend.services.evaluation import evaluate, evaluate_portfolio
from tests.engine.portfolio.scenarios import pick
from tests.samples import aapl_bars

HOLD = compile_spec(StrategySpec(name="Hold", long_entry="close > 0"))
BANKED = Execution(interest_rate=0.1)


def quiet_minutes(sessions: int = 12, every: int = 3, symbol: str = "QUIET") -> tuple[Bars, list[int]]:
    """Minutes of which only each ``every``-th was traded, the others repeating its close; and which were."""
    calendar = trading_calendar(np.datetime64("2012-11-12").item(), np.datetime64("2012-12-31").item())
    calendar = calendar.slice(0, sessions)
    lengths = ((calendar.closes - calendar.opens) // np.timedelta64(1, "m")).tolist()
    start: Instants = np.concatenate([o + 60 * np.arange(n) for o, n in zip(calendar.opens, lengths, strict=True)])
    traded = np.concatenate([np.arange(n) % every == 0 for n in lengths])
    moves = np.where(traded, np.random.default_rng(7).normal(2e-5, 1e-3, start.size), 0.0)
    close = 50 * np.exp(np.cumsum(moves))
    bars = Bars(
        symbol=symbol, timeframe=Timeframe.MINUTE, session=np.repeat(calendar.sessions, lengths), start=start,
        end=np.add(start, np.timedelta64(60, "s")), open=close.copy(), high=close.copy(), low=close.copy(), close=close,
        volume=np.where(traded, 100.0, 0.0), source="test",
    )  # fmt: skip
    return bars, np.flatnonzero(traded).tolist()


def test_a_market_that_trades_every_third_minute_has_no_higher_sharpe_ratio() -> None:
    """The same money at the same moments; scaled by 390 bars a session the sparse one looked 1.73 times as good."""
    bars, traded = quiet_minutes()
    whole, sparse = (
        evaluate(HOLD, Frame(x, {}), slice(0, len(x)), Execution()).metrics for x in (bars, pick(bars, traded))
    )
    assert sparse.total_return == pytest.approx(whole.total_return, rel=0.05)  # the fill is one move later
    assert whole.sharpe is not None
    assert abs(whole.sharpe) > 1
    assert sparse.sharpe == pytest.approx(whole.sharpe, rel=0.05)
    assert sparse.volatility == pytest.approx(whole.volatility, rel=0.02)
    assert sparse.turnover == pytest.approx(whole.turnover, rel=0.02)


def test_cash_in_a_quiet_market_has_no_ratio_either() -> None:
    bars, traded = quiet_minutes()
    never = compile_spec(StrategySpec(name="Never", long_entry="close < lag(low, 1) * 0.1"))
    sparse = pick(bars, traded)
    for one in (
        evaluate(never, Frame(sparse, {}), slice(0, len(sparse)), BANKED),
        evaluate_portfolio(never, [Frame(sparse, {})], [slice(0, len(sparse))], BANKED),
    ):
        assert one.metrics.total_return > 0
        assert one.metrics.sharpe is None


def test_a_whole_market_has_the_bars_of_the_calendar() -> None:
    """Half days included: 2012-11-23 closed at 13:00, and its 210 minutes are all that it could have."""
    bars, traded = quiet_minutes()
    assert np.datetime64("2012-11-23") in bars.session
    assert observed_periods_per_year(Timeframe.MINUTE, bars.session) == 98_280.0
    share = len(traded) / len(bars)
    assert observed_periods_per_year(Timeframe.MINUTE, bars.session[traded]) == pytest.approx(98_280 * share)
    assert observed_periods_per_year(Timeframe.DAY, aapl_bars().session) == 252.0


@pytest.mark.parametrize("timeframe", [Timeframe.FIVE_MINUTES, Timeframe.QUARTER_HOUR, Timeframe.HOUR, Timeframe.DAY])
def test_a_year_has_as_many_bars_as_its_sessions_are_cut_into(timeframe: Timeframe) -> None:
    """An hour chart has seven bars a session, the last of half an hour, and not six and a half."""
    bars, _ = quiet_minutes(sessions=5)  # no half day among them
    longer = resample(bars, timeframe)
    assert periods_per_year(timeframe) == 252 * len(longer) / 5
    assert observed_periods_per_year(timeframe, longer.session) == periods_per_year(timeframe)


def test_years_without_a_calendar_are_taken_as_complete() -> None:
    session = np.array(["1960-01-04", "1960-06-01"], dtype="datetime64[D]")
    assert observed_periods_per_year(Timeframe.DAY, session) == 252.0
