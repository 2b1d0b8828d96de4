"""Direct backtests on real bars: exact numbers, one ledger, clear refusals."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.bootstrap import Application
from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.execution import Costs, Execution
from backend.domain.results import BacktestRun
from backend.domain.spec import Parameter, Rotation, StrategySpec
from backend.domain.timeframes import Timeframe
from backend.engine.simulation import ENGINE_VERSION
from backend.language import spec_hash
from backend.services.backtests import BacktestRequest
from backend.services.run_curves import PRICE_POINTS
from backend.settings import Settings

CROSS = StrategySpec(
    name="SMA cross",
    long_entry="cross_above(sma(close, 10), sma(close, 30))",
    long_exit="cross_below(sma(close, 10), sma(close, 30))",
)
GOLDEN_COSTS = Execution(capital=1_000_000, costs=Costs(commission_rate=0.001, slippage=0.0))


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return Application(Settings(data_dir=tmp_path))


def _request(**fields: Any) -> BacktestRequest:
    given: dict[str, Any] = {
        "owner": "local", "spec": CROSS, "symbols": ("AAPL",), "timeframe": Timeframe.DAY, "start": None, "end": None,
        "execution": GOLDEN_COSTS,
    }  # fmt: skip
    return BacktestRequest(**(given | fields))


def test_the_golden_run_of_four_engines(app: Application) -> None:
    """AAPL 2000-03-01..2013-03-01, SMA 10/30, 0.1 % a side: agreed by this and three other engines to 6e-12."""
    run = app.backtests.run(_request())
    assert run.metrics.trades == len(run.trades) == 59
    assert run.metrics.final_equity == pytest.approx(8_808_290.521124745, rel=1e-9)
    assert (run.start, run.end, run.bars) == (date(2000, 3, 1), date(2013, 3, 1), 3270)


def test_a_run_is_kept_with_its_trades_and_equity(app: Application) -> None:
    run = app.backtests.run(_request())
    assert app.backtests.load("local", run.run_id) == run
    listed = app.backtests.list("local", 10)
    assert [r.run_id for r in listed] == [run.run_id]
    assert len(run.equity_value) == run.bars
    assert run.equity_value[-1] == run.metrics.final_equity


def test_a_run_keeps_the_hashes_of_strategy_data_and_engine(app: Application) -> None:
    period = {"start": date(2005, 1, 3), "end": date(2005, 12, 30)}
    kept = app.backtests.load("local", app.backtests.run(_request(**period)).run_id)
    assert (kept.spec_hash, kept.engine_version) == (spec_hash(CROSS), ENGINE_VERSION)
    assert kept.data_hash == app.backtests.run(_request(**period)).data_hash
    assert kept.data_hash != app.backtests.run(_request(**period | {"end": date(2005, 12, 29)})).data_hash


def test_what_nothing_reads_is_noticed_on_the_run(app: Application) -> None:
    idle = CROSS.model_copy(update={"parameters": (Parameter(name="slow", kind="int", value=30, low=20, high=40),)})
    run = app.backtests.run(_request(spec=idle, start=date(2005, 1, 3), end=date(2006, 12, 29)))
    assert 'No expression reads "slow"; what is not read changes no result.' in run.notices


def test_bars_before_the_start_warm_up_and_are_not_measured(app: Application) -> None:
    """With 30 bars before the start known, the first decision can come on the first bar of the period."""
    run = app.backtests.run(_request(start=date(2005, 1, 3), end=date(2006, 12, 29)))
    whole = app.backtests.run(_request())
    inside = [t for t in whole.trades if run.start <= t.entry_time.date() and t.exit_time.date() <= run.end]
    assert [(t.entry_time, t.exit_time) for t in run.trades] == [(t.entry_time, t.exit_time) for t in inside]


def test_a_run_is_a_look_at_its_period_and_the_same_run_is_the_same_look(app: Application) -> None:
    app.backtests.run(_request())
    app.backtests.run(_request())
    assert len(app.stores.ledger.list_openings("local")) == 1
    app.backtests.run(_request(start=date(2005, 1, 3)))
    assert len(app.stores.ledger.list_openings("local")) == 2


ROTATION = StrategySpec(name="Strongest two", rotation=Rotation(rank="roc(close, 60)", top=2, every=21))
FIVE = ("AAPL", "MSFT", "IBM", "GOOG", "FB")
YEARS = {"start": date(2004, 1, 2), "end": date(2013, 3, 1)}


@pytest.fixture(scope="module")
def rotated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Application, BacktestRun]:
    """A rotation over five symbols of which one was listed in 2004 and one in 2012, with interest, and whole shares."""
    app = Application(Settings(data_dir=tmp_path_factory.mktemp("rotated")))
    execution = Execution(interest_rate=0.02, whole_shares=True)
    return app, app.backtests.run(_request(spec=ROTATION, symbols=FIVE, execution=execution, **YEARS))


def test_a_portfolio_adds_up(rotated: tuple[Application, BacktestRun]) -> None:
    _, run = rotated
    earned = sum(t.pnl for t in run.trades) + sum(p.pnl for p in run.open_positions) + run.financing.interest_earned
    assert earned == pytest.approx(run.metrics.final_equity - run.execution.capital, rel=1e-9)
    assert run.financing.interest_earned > 0
    assert {trade.symbol for trade in run.trades} >= set(FIVE[:4])
    assert len(run.open_positions) <= 2


def test_the_curves_of_a_run_belong_together(rotated: tuple[Application, BacktestRun]) -> None:
    _, run = rotated
    assert len(run.equity_time) == len(run.equity_value) == len(run.benchmark_value) == len(run.exposure_value)
    assert len(run.equity_time) == run.bars == 2306
    assert run.equity_value[-1] == run.metrics.final_equity
    assert run.benchmark_value[-1] / run.execution.capital - 1 == pytest.approx(run.metrics.benchmark_return, rel=1e-12)
    assert max(run.exposure_value[:-1]) <= 1.0 + 1e-12  # the last equity is after the cost of leaving


def test_prices_of_each_symbol_are_kept_for_a_chart(rotated: tuple[Application, BacktestRun]) -> None:
    _, run = rotated
    assert [line.symbol for line in run.prices] == list(FIVE)
    assert all(len(line.time) == len(line.close) <= PRICE_POINTS for line in run.prices)
    assert [line.time[-1] for line in run.prices] == [run.equity_time[-1]] * 5


def test_a_portfolio_comes_back_from_the_store(rotated: tuple[Application, BacktestRun]) -> None:
    app, run = rotated
    assert app.backtests.load("local", run.run_id) == run


def test_histories_of_different_length_are_noticed(rotated: tuple[Application, BacktestRun]) -> None:
    _, run = rotated
    assert "GOOG has no bars before 2004-08-19: until then it is not traded." in run.notices
    assert "FB has no bars before 2012-05-18: until then it is not traded." in run.notices
    assert any("AAPL on 2000-09-29: 0.481 times" in notice for notice in run.notices) is False  # before the warm-up


def test_what_comes_later_changes_no_earlier_trade(rotated: tuple[Application, BacktestRun]) -> None:
    """The same run ended on 2010-12-31: FB, which was listed later, is left out of the request and changes nothing."""
    app, whole = rotated
    spec = ROTATION.model_copy(update={"long_entry": 'of("MSFT", close > sma(close, 20)) or close > 0'})
    ends, execution = YEARS | {"end": date(2010, 12, 31)}, whole.execution
    runs = [
        app.backtests.run(_request(spec=one, symbols=FIVE[:4], execution=execution, **ends)) for one in (ROTATION, spec)
    ]
    longer = app.backtests.run(_request(spec=ROTATION, symbols=FIVE[:4], execution=execution, **YEARS))
    before = [trade for trade in longer.trades if trade.exit_time.date() <= date(2010, 12, 31)]
    assert before == list(runs[0].trades) == list(runs[1].trades) != []
    assert longer.equity_value[:100] == runs[0].equity_value[:100]


def test_a_portfolio_is_a_look_at_each_of_its_markets(app: Application) -> None:
    pair: dict[str, Any] = {"symbols": ("AAPL", "IBM"), "start": date(2005, 1, 3), "end": date(2006, 12, 29)}
    run = app.backtests.run(_request(**pair))
    app.backtests.run(_request(**pair))
    looks = app.stores.ledger.list_openings("local")
    assert [(look.symbol, look.subject_id) for look in looks] == [("AAPL", run.run_id), ("IBM", run.run_id)]
    assert not np.array_equal(looks[0].fingerprint.daily_return, looks[1].fingerprint.daily_return)


def test_looks_of_a_portfolio_and_of_its_symbols_are_not_confused(app: Application) -> None:
    """The same strategy on one symbol, on both, in the other order, and one at a time are four looks at AAPL."""
    period = {"start": date(2005, 1, 3), "end": date(2006, 12, 29)}
    one_at_a_time = GOLDEN_COSTS.model_copy(update={"max_positions": 1})
    app.backtests.run(_request(**period))
    app.backtests.run(_request(symbols=("AAPL", "IBM"), **period))
    app.backtests.run(_request(symbols=("IBM", "AAPL"), **period))
    app.backtests.run(_request(symbols=("AAPL", "IBM"), execution=one_at_a_time, **period))
    looks = [look for look in app.stores.ledger.list_openings("local") if look.symbol == "AAPL"]
    assert len({look.id for look in looks}) == len(looks) == 4


def test_a_filter_on_another_symbol_that_is_always_met_changes_no_trade(app: Application) -> None:
    spec = CROSS.model_copy(update={"long_entry": f"{CROSS.long_entry} and of('FB', close) > 0"})
    alone = app.backtests.run(_request(start=date(2012, 7, 2)))
    beside = app.backtests.run(_request(spec=spec, start=date(2012, 7, 2)))
    assert alone.trades == beside.trades
    assert alone.data_hash != beside.data_hash


def test_a_symbol_that_is_named_twice_is_traded_once(app: Application) -> None:
    run = app.backtests.run(_request(symbols=("AAPL", "IBM", "AAPL"), start=date(2012, 1, 3)))
    assert run.symbols == ("AAPL", "IBM")
    assert "AAPL is named 2 times and traded once." in run.notices


def test_a_strategy_that_never_trades_says_why(app: Application) -> None:
    idle = StrategySpec(name="idle", long_entry="close > sma(close, 20) and rsi(close, 14) > 99")
    run = app.backtests.run(_request(spec=idle, start=date(2012, 1, 3)))
    assert run.metrics.trades == 0
    assert "Nothing was traded: never true in this period: rsi(close, 14) > 99." in run.notices


def test_a_rotation_may_hold_a_single_symbol(app: Application) -> None:
    run = app.backtests.run(_request(spec=ROTATION, start=date(2012, 1, 3)))
    assert run.trades or run.open_positions
    told = "The rotation holds the best 2 of 1, so the rank leaves no symbol out, and 50 % of the money always waits."
    assert told in run.notices


def test_a_direct_run_reads_sentiment_and_stores_no_dataset(app: Application) -> None:
    spec = StrategySpec(name="mood", long_entry='sentiment("reddit") > 0.1', long_exit='sentiment("reddit") < 0')
    run = app.backtests.run(_request(spec=spec))
    assert run.metrics.trades > 0
    assert any("synthetic" in notice for notice in run.notices)
    again = app.backtests.run(_request(spec=spec))
    assert again.data_hash == run.data_hash
    assert again.metrics == run.metrics


@pytest.mark.parametrize(
    ("fields", "error", "what"),
    [
        ({"symbols": ()}, InvalidInput, "needs a symbol"),
        ({"execution": Execution(max_positions=2)}, InvalidInput, "2 positions at the same time cannot be held"),
        ({"symbols": ("AAPL", "IBM"), "execution": Execution(max_positions=3)}, InvalidInput, "3"),
        (
            {"execution": Execution(capital=1, whole_shares=True)},
            InvalidInput,
            "The capital of 1 bought no whole share",
        ),
        ({"symbols": ("AAPL", "IBMM")}, DataUnavailable, "IBMM"),
        ({"symbols": ("AAPL", "IBM"), "start": date(2014, 1, 2)}, DataUnavailable, "2014-01-02"),
        ({"symbols": ("AAPLE",)}, DataUnavailable, "AAPLE"),
        ({"start": date(2010, 1, 4), "end": date(2009, 1, 2)}, InvalidInput, "before the start"),
        ({"start": date(1980, 1, 2)}, DataUnavailable, "1980-01-02"),
        ({"spec": StrategySpec(name="x", long_entry='sentiment("all") > 0')}, InvalidInput, "all"),
        ({"spec": StrategySpec(name="x", long_entry="close > sma(close, 4000)")}, InvalidInput, "warm up"),
    ],
)
def test_what_cannot_be_run_is_refused(
    app: Application, fields: dict[str, Any], error: type[Exception], what: str
) -> None:
    with pytest.raises(error, match=what):
        app.backtests.run(_request(**fields))
