"""Every strategy on every symbol from the command line: the matrix, what fails in it, and what stops it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Backproof

CROSS: dict[str, Any] = {
    "name": "Cross",
    "long_entry": "close > sma(close, 20)",
    "long_exit": "close < sma(close, 20)",
}
BEST: dict[str, Any] = {"name": "Best", "rotation": {"rank": "roc(close, 60)", "top": 1, "every": 20}}
PERIOD = ("--start", "2008-01-02", "--end", "2010-12-31")


@pytest.fixture
def files(own_home: Path) -> tuple[str, str]:
    for name, spec in (("cross", CROSS), ("best", BEST)):
        (own_home / f"{name}.json").write_text(json.dumps(spec), encoding="utf-8")
    return str(own_home / "cross.json"), str(own_home / "best.json")


@pytest.mark.slow
def test_the_matrix_is_run_stored_and_told_as_json(backproof: Backproof, files: tuple[str, str]) -> None:
    ended = backproof("batch", "--specs", *files, "--symbols", "aapl,MSFT", "--commission", "0.001", *PERIOD, "--json")
    assert ended.code == 0, ended.stderr
    batch = json.loads(ended.stdout)
    assert batch["counts"] == {"queued": 0, "done": 2, "failed": 2, "cancelled": 0}
    assert (batch["start"], batch["execution"]["costs"]["commission_rate"]) == ("2008-01-02", 0.001)
    done = [cell for cell in batch["summaries"] if cell["status"] == "done"]
    shown = json.loads(backproof("backtest", "show", done[0]["run_id"], "--json").stdout)
    assert shown["metrics"] == done[0]["metrics"]


@pytest.mark.slow
def test_people_see_every_number_and_why_a_cell_failed(backproof: Backproof, files: tuple[str, str]) -> None:
    ended = backproof("batch", "--specs", *files, "--strategies", "RSI pullback", "--symbols", "AAPL", *PERIOD)
    assert ended.code == 0, ended.stderr
    text = " ".join(ended.stdout.split())
    assert "2 of 3 cells done, 1 symbol by 3 strategies" in text
    assert "RSI pullback" in text
    assert "A rotation chooses among several symbols" in text
    assert "p is the chance of timing as good as this without skill" in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--symbols", "AAPL"), "A batch needs a strategy"),
        (("--symbols", "AAPL", "--strategies", "Goldn cross"), 'did you mean "Golden cross"'),
        (("--symbols", "A;B", "--strategies", "Golden cross"), "is not a symbol"),
        (("--symbols", "", "--strategies", "Golden cross"), "A batch needs a cell"),
    ],
)
def test_what_cannot_be_run_is_refused(backproof: Backproof, options: tuple[str, ...], said: str) -> None:
    ended = backproof("batch", *options)
    assert ended.code in (2, 3)
    assert said in " ".join(ended.stderr.split())
