"""Years and months of a run as a table."""

from backend.cli.render.periods import periods_table
from tests.cli import samples
from tests.cli.render.drawing import drawn
from tests.services.reports.runs import trade, written_run

DAYS = ("2011-12-30", "2012-01-03", "2012-02-01")


def test_each_year_has_return_benchmark_drawdown_and_trades() -> None:
    # 100 -> 110; 110 -> 99 -> 121
    run = written_run(DAYS, [110, 99, 121], benchmark=[100, 100, 105], trades=[trade("2012-02-01")])
    lines = drawn(periods_table(run)).splitlines()
    assert lines[2].split() == ["2011", "+10.0", "%", "0.0", "%", "0.0", "%", "0"]
    assert lines[3].split() == ["2012", "+10.0", "%", "+5.0", "%", "10.0", "%", "1"]


def test_months_are_shown_when_asked_for() -> None:
    lines = drawn(periods_table(written_run(DAYS, [110, 99, 121]), monthly=True)).splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["2011-12", "2012-01", "2012-02"]
    assert lines[3].split() == ["2012-01", "-10.0", "%", "\N{EN DASH}", "10.0", "%", "0"]


def test_a_run_without_equity_says_so() -> None:
    empty = samples.run().model_copy(update={"equity_time": (), "equity_value": ()})
    assert drawn(periods_table(empty)) == "No equity is stored with this run."
