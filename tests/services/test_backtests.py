"""Direct backtests on real bars: exact numbers, one ledger, clear refusals."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.bootstrap import Application
from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.execution import Costs, Execution
from backend.domain.spec import Parameter, StrategySpec
from backend.domain.timeframes import Timeframe
from backend.engine.simulation import ENGINE_VERSION
from backend.language import spec_hash
from backend.services.backtests import BacktestRequest
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
        ({"symbols": ("AAPL", "IBM")}, InvalidInput, "one symbol"),
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
