"""A stored run is exported from the command line."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Backproof

SPEC = {"name": "Cross", "long_entry": "close > sma(close, 100)", "long_exit": "close < sma(close, 100)"}


@pytest.mark.slow
def test_a_run_is_exported_in_every_format(backproof: Backproof) -> None:
    Path("cross.json").write_text(json.dumps(SPEC), encoding="utf-8")
    period = ("--start", "2008-01-02", "--end", "2011-12-30")
    ran = backproof("backtest", "run", "--spec", "cross.json", "--symbols", "AAPL", *period, "--json")
    run = json.loads(ran.stdout)
    run_id = run["run_id"]
    page = backproof("backtest", "export", run_id, "--format", "html", "--output", "report.html")
    assert (page.code, page.stderr) == (0, "")
    assert page.stdout.startswith("report.html written, ")
    assert "Cross" in Path("report.html").read_text(encoding="utf-8")
    tables = json.loads(backproof("backtest", "export", run_id, "--format", "csv", "--json").stdout)
    assert [file["file"] for file in tables["files"]] == [f"{run_id}-{t}.csv" for t in ("trades", "equity", "months")]
    assert backproof("backtest", "export", run_id, "--format", "json").code == 0
    document = json.loads(Path(f"{run_id}.json").read_text())
    assert document["metrics"] == run["metrics"]
    assert len(document["equity"]["benchmark"]) == len(document["equity"]["exposure"]) == run["bars"]
    again = backproof("backtest", "export", run_id, "--format", "json")
    assert (again.code, again.stdout) == (2, "")
    assert "is there already" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["run_none", "--format", "html"], 3, "run_none"),
        (["run_none", "--format", "pdf"], 2, "pdf is not a format."),
    ],
)
def test_what_cannot_be_exported_is_said(backproof: Backproof, arguments: list[str], code: int, message: str) -> None:
    ended = backproof("backtest", "export", *arguments)
    assert (ended.code, ended.stdout) == (code, "")
    assert message in ended.stderr
