"""Tables by year, month, drawdown, exposure and symbol."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.results import BacktestRun
from backend.domain.timeframes import Timeframe
from backend.services.reports.benchmark import line_result
from backend.services.reports.curves import curves_of, new_york_days
from backend.services.reports.drawdowns import deepest_stretch, drawdowns
from backend.services.reports.exposure import held_stretches
from backend.services.reports.tables import tables_of
from tests.samples import aapl_bars, minute_bars
from tests.services.reports.runs import simulated_run, trade, written_run

DAYS = ("2011-11-30", "2011-12-30", "2012-01-03", "2012-01-31", "2012-02-01")


@pytest.fixture(scope="module")
def simulated() -> BacktestRun:
    return simulated_run(aapl_bars())


def test_a_year_runs_from_the_last_close_of_the_year_before() -> None:
    # 2011: 100 -> 110 -> 121; 2012: 121 -> 60.5 -> 90.75 -> 133.1
    run = written_run(DAYS, [110, 121, 60.5, 90.75, 133.1], benchmark=[90, 100, 100, 125, 150])
    first, second = tables_of(run).years
    assert (first.label, first.start, first.end, first.bars) == ("2011", date(2011, 11, 30), date(2011, 12, 30), 2)
    assert (first.return_, first.benchmark_return, first.max_drawdown) == pytest.approx((0.21, 0.0, 0.0))
    assert second.label == "2012"
    assert (second.return_, second.benchmark_return, second.max_drawdown) == pytest.approx((0.1, 0.5, 0.5))


def test_trades_count_where_they_were_closed() -> None:
    run = written_run(DAYS, [100] * 5, trades=[trade("2011-12-30"), trade("2012-01-31"), trade("2012-01-03")])
    assert [(row.label, row.trades) for row in tables_of(run).months] == [
        ("2011-11", 0),
        ("2011-12", 1),
        ("2012-01", 2),
        ("2012-02", 0),
    ]
    assert [row.trades for row in tables_of(run).years] == [1, 2]


def test_a_month_ends_at_midnight_in_new_york() -> None:
    # 23:30 and 00:30 in New York: both are the next day in UTC
    late = np.array(["2012-02-01T04:30", "2012-02-01T05:30", "2012-07-01T03:59"], dtype="datetime64[s]")
    assert new_york_days(late).astype(str).tolist() == ["2012-01-31", "2012-02-01", "2012-06-30"]


def test_a_fall_within_a_month_starts_at_its_own_peak() -> None:
    # January: 121 -> 60.5 is half; February begins at 90.75 and only rises
    run = written_run(DAYS, [110, 121, 60.5, 90.75, 133.1])
    assert [row.max_drawdown for row in tables_of(run).months] == [0.0, 0.0, pytest.approx(0.5), 0.0]


def test_what_follows_a_total_loss_has_no_return() -> None:
    run = written_run(DAYS, [100, 0, 0, 0, 0])
    assert [(row.return_, row.max_drawdown) for row in tables_of(run).years] == [(-1.0, 1.0), (None, None)]


def test_drawdowns_are_dated_from_peak_to_recovery() -> None:
    # 100 -> 90 -> 100 (recovered), 120 -> 60 -> 90 (still below at the end)
    run = written_run(("2012-01-03", "2012-01-04", "2012-01-05", "2012-01-06", "2012-01-09"), [90, 100, 120, 60, 90])
    deepest, shallow = tables_of(run).drawdowns
    assert (deepest.peak, deepest.trough) == (date(2012, 1, 5), date(2012, 1, 6))
    assert (deepest.recovery, deepest.depth, deepest.days) == (None, 0.5, 4)
    assert (shallow.peak, shallow.trough, shallow.recovery) == (date(2012, 1, 3), date(2012, 1, 3), date(2012, 1, 4))
    assert (shallow.depth, shallow.days) == pytest.approx((0.1, 1))
    assert deepest_stretch(curves_of(run)) == slice(2, 5)


def test_a_line_that_never_falls_has_no_drawdown() -> None:
    run = written_run(DAYS, [100, 100, 110, 120, 130])
    assert tables_of(run).drawdowns == ()
    assert deepest_stretch(curves_of(run)) is None


def test_exposure_is_summed_up_by_side() -> None:
    run = written_run(DAYS, [100] * 5, exposure=[0.0, 0.5, 1.0, -0.5, 0.0])
    found = tables_of(run).exposure
    assert found is not None
    assert (found.long, found.short, found.flat) == pytest.approx((0.4, 0.2, 0.4))
    assert (found.average, found.average_held) == pytest.approx((0.2, 2 / 3))
    assert (found.highest, found.lowest) == (1.0, -0.5)
    assert held_stretches(curves_of(run)) == [(1, 4)]


def test_runs_without_extra_lines_say_so() -> None:
    found = tables_of(written_run(DAYS, [100] * 5))
    assert (found.exposure, found.benchmark) == (None, None)
    assert [row.benchmark_return for row in found.years] == [None, None]


def test_symbols_share_what_was_earned() -> None:
    trades = [trade("2012-01-31", 30.0, "AAPL"), trade("2012-01-31", -10.0, "MSFT"), trade("2012-02-01", 5.0, "AAPL")]
    run = written_run(DAYS, [100, 100, 100, 100, 125], trades=trades, symbols=("AAPL", "MSFT", "KO"))
    found = {row.symbol: row for row in tables_of(run).contributions}
    assert [(row.symbol, row.trades, row.pnl) for row in found.values()] == [
        ("AAPL", 2, 35),
        ("MSFT", 1, -10),
        ("KO", 0, 0),
    ]
    assert (found["AAPL"].win_rate, found["MSFT"].win_rate, found["KO"].win_rate) == (1.0, 0.0, None)
    assert sum(row.share for row in found.values()) == pytest.approx(run.metrics.total_return)


@pytest.mark.parametrize("rows", ["years", "months"])
def test_returns_compound_to_the_total(simulated: BacktestRun, rows: str) -> None:
    found = getattr(tables_of(simulated), rows)
    assert np.prod([1 + row.return_ for row in found]) - 1 == pytest.approx(simulated.metrics.total_return)
    assert np.prod([1 + row.benchmark_return for row in found]) - 1 == pytest.approx(simulated.metrics.benchmark_return)
    assert sum(row.trades for row in found) == simulated.metrics.trades
    assert sum(row.bars for row in found) == simulated.bars


def test_drawdowns_agree_with_the_metrics(simulated: BacktestRun) -> None:
    found = drawdowns(curves_of(simulated))
    assert found[0].depth == simulated.metrics.max_drawdown
    assert max(row.days for row in found) == simulated.metrics.longest_drawdown_days


def test_exposure_and_contribution_agree_with_the_metrics(simulated: BacktestRun) -> None:
    found = tables_of(simulated)
    assert found.exposure is not None
    assert 1 - found.exposure.flat == pytest.approx(simulated.metrics.exposure)
    assert found.contributions[0].share == pytest.approx(simulated.metrics.total_return)


def test_buy_and_hold_is_measured_by_the_formulas_of_the_engine(simulated: BacktestRun) -> None:
    curves = curves_of(simulated)
    again = line_result(curves.equity, curves, Timeframe.DAY, simulated.execution.interest_rate).model_dump()
    measured = simulated.metrics.model_dump()
    assert again == pytest.approx({name: measured[name] for name in again}, rel=1e-12)


def test_buy_and_hold_of_one_bar_has_no_yearly_figures() -> None:
    found = tables_of(written_run(DAYS[:1], [100], benchmark=[110])).benchmark
    assert found is not None
    assert (found.cagr, found.volatility, found.sharpe) == (None, None, None)
    assert found.total_return == pytest.approx(0.1)


def test_minutes_are_summed_up_by_their_session() -> None:
    run = simulated_run(minute_bars(date(2019, 3, 7), date(2019, 3, 12)))
    march = tables_of(run).months
    assert [row.label for row in march] == ["2019-03"]
    assert march[0].return_ == pytest.approx(run.metrics.total_return)
    assert run.equity_time[0] == datetime(2019, 3, 7, 14, 31, tzinfo=UTC)


LINES = st.lists(st.floats(1.0, 1e6), min_size=1, max_size=40)


@settings(max_examples=40)
@given(line=LINES)
def test_any_line_compounds_and_has_its_deepest_fall(line: list[float]) -> None:
    days = [str(day) for day in np.datetime64("2011-12-15") + np.arange(len(line))]
    found = tables_of(written_run(days, line, benchmark=line))
    assert np.prod([1 + (row.return_ or 0.0) for row in found.months]) == pytest.approx(line[-1] / 100)
    depths = [0.0] + [1 - low / max(100.0, *line[: i + 1]) for i, low in enumerate(line)]
    assert max([0.0, *(row.depth for row in found.drawdowns)]) == pytest.approx(max(depths))
    assert found.benchmark is not None
    assert found.benchmark.max_drawdown == pytest.approx(max(depths))
