"""Runs side by side: what differs is shown, and what cannot be compared is called so."""

from datetime import date

from backend.cli.render.comparison import comparison_view, diff_view
from backend.domain.results import BacktestRun
from backend.services.reports.comparison import compare_runs
from tests.cli import samples
from tests.cli.render.drawing import drawn


def shown(*runs: BacktestRun, width: int = 100) -> str:
    diffs = [("Strategy of run_2 against run_1", ("- risk: none", "+ risk: stop_loss 0.1"))]
    return drawn(comparison_view(runs, compare_runs(runs), diffs), width)


def line_of(text: str, start: str) -> list[str]:
    return next(line for line in text.splitlines() if line.strip().startswith(start)).split()


def test_metrics_have_their_difference_beside_them() -> None:
    # Sharpe 0.84 and 0.61: 0.23 less; the return of 210.4 % and 100 %: 110.4 points less
    later = samples.run("run_2").model_copy(update={"metrics": samples.metrics(0.61, 1.0, 41)})
    text = shown(samples.run("run_1"), later)
    assert line_of(text, "Sharpe ratio")[2:] == ["0.84", "0.61", "-0.23"]
    assert line_of(text, "Total return")[2:] == ["+210.4", "%", "+100.0", "%", "-110.4", "pp"]
    assert line_of(text, "Trades")[1:] == ["41", "41", "0"]


def test_an_undefined_metric_has_no_difference() -> None:
    later = samples.run("run_2").model_copy(update={"metrics": samples.metrics(None)})
    assert line_of(shown(samples.run("run_1"), later), "Sharpe ratio")[2:] == ["0.84", "\N{EN DASH}", "\N{EN DASH}"]


def test_like_is_compared_with_like() -> None:
    text = shown(samples.run("run_1"), samples.run("run_2"))
    assert "Not comparable" not in text
    assert "none: the same symbols, period, data, costs and engine" in text
    assert "Strategy of run_2 against run_1\n  - risk: none\n  + risk: stop_loss 0.1" in text


def test_another_period_is_not_comparable() -> None:
    later = samples.run("run_2").model_copy(update={"start": date(2011, 1, 3), "data_hash": "beef" * 8})
    text = shown(samples.run("run_1"), later)
    assert "! The runs cover other periods." in text
    assert "2011-01-03 to 2013-03-01" in text


def test_years_stand_beside_each_other() -> None:
    # the sample's equity lies in 2026: 100,000 -> 80,338.2
    assert line_of(shown(samples.run("run_1"), samples.run("run_2")), "2026") == ["2026", *["-19.7", "%"] * 2]


def test_three_runs_fit_the_terminal() -> None:
    runs = [samples.run(f"run_{number}a2b3c4d5e6f") for number in range(3)]
    assert max(map(len, shown(*runs, width=80).splitlines())) <= 80


def test_equal_strategies_are_called_the_same() -> None:
    assert drawn(diff_view(())) == "the same strategy"
