"""Comparing runs: what they share, what differs, and what makes them incomparable."""

from datetime import date

import pytest

from backend.domain.execution import Costs, Execution
from backend.domain.timeframes import Timeframe
from backend.services.reports.comparison import compare_runs
from tests.services.reports.runs import written_run

FIRST = written_run(("2011-12-30", "2012-01-03"), [110, 99])


def test_each_metric_is_measured_against_the_first_run() -> None:
    better = FIRST.model_copy(update={"metrics": FIRST.metrics.model_copy(update={"total_return": 0.5, "sharpe": 1.0})})
    found = compare_runs([FIRST, better, FIRST])
    assert found.differences["total_return"] == pytest.approx((0.51, 0.0))
    assert found.differences["sharpe"] == (None, None)


def test_costs_that_differ_leave_runs_comparable() -> None:
    dearer = Execution(capital=100.0, costs=Costs(commission_rate=0.002), max_positions=3)
    found = compare_runs([FIRST, FIRST.model_copy(update={"execution": dearer})])
    assert {setting.name: setting.values for setting in found.settings if setting.differs} == {
        "Commission rate": ("0.0005", "0.002"),
        "Positions at most": ("one a symbol", "3"),
    }
    assert found.reasons == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"symbols": ("MSFT",), "data_hash": "beef"}, "The runs trade other symbols."),
        ({"end": date(2013, 1, 1), "data_hash": "beef"}, "The runs cover other periods."),
        ({"timeframe": Timeframe.HOUR, "data_hash": "beef"}, "The runs trade bars of other lengths."),
        ({"data_hash": "beef"}, "The prices are not the same, although symbols, period and timeframe are."),
    ],
)
def test_other_material_is_not_comparable(change: dict[str, object], reason: str) -> None:
    assert compare_runs([FIRST, FIRST.model_copy(update=change)]).reasons == (reason,)


def test_years_that_a_run_does_not_reach_are_missing() -> None:
    later = written_run(("2012-01-03", "2013-01-03"), [50, 100])
    found = compare_runs([FIRST, later])
    assert [(year.label, year.returns[0] is None, year.returns[1] is None) for year in found.years] == [
        ("2011", False, True),
        ("2012", False, False),
        ("2013", True, False),
    ]
    assert found.years[2].returns[1] == pytest.approx(1.0)


def test_a_strategy_may_read_more_than_the_prices_that_it_trades() -> None:
    # twice the capital, the same growth of buy and hold: other data was read beside the same prices
    days = ("2011-12-30", "2012-01-03")
    plain = written_run(days, [110, 99], benchmark=[100, 120])
    filtered = written_run(days, [100, 101], benchmark=[200, 240]).model_copy(
        update={"data_hash": "beef", "execution": Execution(capital=200.0)}
    )
    assert compare_runs([plain, filtered]).reasons == ()
    moved = plain.model_copy(update={"data_hash": "beef", "benchmark_value": (100.0, 121.0)})
    assert compare_runs([plain, moved]).reasons == (
        "The prices are not the same, although symbols, period and timeframe are.",
    )
