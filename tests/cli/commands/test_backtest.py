"""One strategy is run on sample prices, found again, and compared with another."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.search.starters import STARTERS
from tests.cli.conftest import Backproof, Ended

SPEC: dict[str, Any] = {
    "name": "Cross",
    "long_entry": "close > sma(close, 100)",
    "long_exit": "close < sma(close, 100)",
}


@pytest.fixture
def spec_file(own_home: Path) -> Path:
    path = own_home / "cross.json"
    path.write_text(json.dumps(SPEC), encoding="utf-8")
    return path


def _run(backproof: Backproof, spec_file: Path, *options: str) -> Ended:
    period = ("--start", "2008-01-02", "--end", "2011-12-30")
    return backproof("backtest", "run", "--spec", str(spec_file), "--symbols", "aapl", *period, *options)


@pytest.mark.slow
def test_a_run_is_stored_listed_and_shown(backproof: Backproof, spec_file: Path) -> None:
    ended = _run(backproof, spec_file, "--trades", "--equity", "--json")
    run = json.loads(ended.stdout)
    assert ended.code == 0
    assert run["symbols"] == ["AAPL"]
    assert (run["start"], run["end"]) == ("2008-01-02", "2011-12-30")
    assert len(run["trades"]) == run["metrics"]["trades"] > 0
    assert len(run["equity"]["value"]) == len(run["equity"]["time"]) == run["bars"]
    lines = json.loads(backproof("backtest", "list", "--json").stdout)["runs"]
    assert [line["run_id"] for line in lines] == [run["run_id"]]
    again = json.loads(backproof("backtest", "show", run["run_id"], "--trades", "--json").stdout)
    assert again == {key: value for key, value in run.items() if key != "equity"}


@pytest.mark.slow
def test_people_see_results_equity_and_trades(backproof: Backproof, spec_file: Path) -> None:
    shown = _run(backproof, spec_file, "--trades").stdout
    assert shown.startswith("Cross\nAAPL 1d 2008-01-02 to 2011-12-30")
    assert "█" in shown
    assert "signal" in shown


ROTATION: dict[str, Any] = {
    "name": "Strongest two",
    "rotation": {"rank": "roc(close, 60)", "top": 2, "every": 21},
    "long_exit": "close < sma(close, 200)",
}


@pytest.mark.slow
def test_five_symbols_are_rotated(backproof: Backproof, spec_file: Path) -> None:
    spec_file.write_text(json.dumps(ROTATION), encoding="utf-8")
    terms = ("--symbols", "AAPL,MSFT,IBM,GOOG,FB", "--interest-rate", "0.02", "--end", "2012-12-31")
    ended = _run(backproof, spec_file, *terms, "--trades", "--equity", "--months", "--json")
    run = json.loads(ended.stdout)
    assert run["symbols"] == ["AAPL", "MSFT", "IBM", "GOOG", "FB"]
    assert {trade["symbol"] for trade in run["trades"]} > {"AAPL", "IBM"}
    assert run["financing"]["interest_earned"] > 0
    curves = run["equity"]
    assert len(curves["time"]) == len(curves["value"]) == len(curves["benchmark"]) == len(curves["exposure"])
    assert [row["label"] for row in run["years"]] == ["2008", "2009", "2010", "2011", "2012"]
    shown = backproof("backtest", "show", run["run_id"], "--trades").stdout
    assert shown.startswith("Strongest two\nAAPL, MSFT, IBM, GOOG, FB 1d 2008-01-02 to 2012-12-31")
    assert "the best 2 by roc(close, 60), chosen every 21 bars" in shown
    assert "FB has no bars before 2012-05-18: until then it is not traded." in " ".join(shown.split())


@pytest.mark.slow
def test_another_symbol_is_a_filter(backproof: Backproof, spec_file: Path) -> None:
    beside = SPEC | {"long_entry": 'close > sma(close, 100) and of("MSFT", close > sma(close, 100))'}
    spec_file.write_text(json.dumps(beside), encoding="utf-8")
    filtered = json.loads(_run(backproof, spec_file, "--json").stdout)
    assert filtered["metrics"]["trades"] > 0
    spec_file.write_text(json.dumps(SPEC), encoding="utf-8")
    whole = json.loads(_run(backproof, spec_file, "--json").stdout)
    assert filtered["metrics"]["exposure"] < whole["metrics"]["exposure"]
    spec_file.write_text(json.dumps(beside).replace("MSFT", "MSTF"), encoding="utf-8")
    refused = _run(backproof, spec_file)
    assert (refused.code, refused.stdout) == (4, "")
    assert 'The strategy reads of("MSTF", ...): No source has 1d prices of MSTF' in refused.stderr
    assert 'did you mean "MSFT"?' in refused.stderr


@pytest.mark.slow
def test_two_runs_are_compared(backproof: Backproof, spec_file: Path) -> None:
    first = json.loads(_run(backproof, spec_file, "--json").stdout)["run_id"]
    spec_file.write_text(json.dumps(SPEC | {"risk": {"stop_loss": 0.1}}), encoding="utf-8")
    second = json.loads(_run(backproof, spec_file, "--json", "--commission", "0.002").stdout)["run_id"]
    document = json.loads(backproof("backtest", "compare", first, second, "--json").stdout)
    assert [run["run_id"] for run in document["runs"]] == [first, second]
    assert document["diffs"][0]["from"] == first
    assert any(line.startswith("+ risk") for line in document["diffs"][0]["lines"])
    assert f"Strategy of {second} against {first}" in backproof("backtest", "compare", first, second).stdout


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--start", "2010-02-30"], 2, "--start 2010-02-30 is not a date."),
        (["--timeframe", "1w"], 2, "--timeframe 1w is not a timeframe."),
        (["--profile", "defualt"], 2, "--profile is 'defualt'; it must be 'default', 'backtesting' or 'vectorbt'."),
        (["--capital", "-5"], 2, "--capital is -5; it must be above 0."),
        (["--capital", "nan"], 2, "--capital is nan; it must be a finite number."),
        (["--commission-fixed", "-1"], 2, "--commission-fixed is -1; it must be at least 0."),
        (["--borrow-rate", "1"], 2, "--borrow-rate is 1; it must be below 1."),
        (["--interest-rate", "-0.01"], 2, "--interest-rate is -0.01; it must be at least 0."),
        (["--max-positions", "0"], 2, "--max-positions is 0; it must be at least 1."),
        (["--start", "2010-01-05", "--end", "2010-01-04"], 2, "The end 2010-01-04 is before the start 2010-01-05."),
        (["--symbols", ","], 2, "A backtest needs a symbol."),
        (["--symbols", "AAPL,MSFTT"], 4, 'did you mean "MSFT"?'),
        (["--symbols", "AAPL,MSFT", "--max-positions", "3"], 2, "3"),
        (["--max-positions", "2"], 2, "2 positions at the same time cannot be held in one symbol."),
        (["--capital", "1", "--whole-shares"], 2, "The capital of 1 bought no whole share of AAPL"),
        (["--symbols", "NOPE"], 4, "NOPE"),
        (["--spec", "gone.json"], 3, "There is no file gone.json."),
    ],
)
def test_what_cannot_be_run_is_refused(
    backproof: Backproof, spec_file: Path, options: list[str], code: int, message: str
) -> None:
    ended = _run(backproof, spec_file, *options)
    assert (ended.code, ended.stdout) == (code, "")
    assert message in ended.stderr


def test_one_run_is_no_comparison(backproof: Backproof) -> None:
    assert backproof("backtest", "compare", "run_1").code == 2
    assert backproof("backtest", "show", "run_none").code == 3
    assert json.loads(backproof("backtest", "list", "--json").stdout) == {"runs": []}


@pytest.mark.slow
def test_a_kept_strategy_is_run_by_its_name(backproof: Backproof) -> None:
    period = ("--start", "2008-01-02", "--end", "2011-12-30")
    ended = backproof("backtest", "run", "--strategy", "starter_golden_cross", "--symbols", "AAPL", *period, "--json")
    assert ended.code == 0, ended.stderr
    assert json.loads(ended.stdout)["spec"]["name"] == STARTERS["golden_cross"].name


@pytest.mark.parametrize("stated", [(), ("--spec", "cross.json", "--strategy", "starter_golden_cross")])
def test_a_backtest_runs_exactly_one_strategy(backproof: Backproof, stated: tuple[str, ...]) -> None:
    ended = backproof("backtest", "run", "--symbols", "AAPL", *stated)
    assert ended.code == 2
    assert "A backtest runs one strategy." in ended.stderr
