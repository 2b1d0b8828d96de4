"""Every strategy on every symbol from the command line: the matrix, what fails in it, and what stops it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.cli.opening import open_application
from backend.domain.batches import BatchItem, BatchRequest
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
        (("--strategies", "Golden cross"), "A batch needs symbols"),
        (("--list", "--symbols", "AAPL"), "--list stands by itself"),
        (("--show", "bat_0", "--resume", "bat_0"), "--show stands by itself"),
        (("--resume", "bat_0"), 'There is no batch "bat_0"'),
    ],
)
def test_what_cannot_be_run_is_refused(backproof: Backproof, options: tuple[str, ...], said: str) -> None:
    ended = backproof("batch", *options)
    assert ended.code in (2, 3)
    assert said in " ".join(ended.stderr.split())


@pytest.mark.slow
def test_a_batch_that_was_killed_is_listed_and_gone_on_with(backproof: Backproof) -> None:
    request = BatchRequest(items=(BatchItem(symbol="AAPL", strategy="Golden cross"),), start=date(2005, 1, 3))
    application = open_application()
    killed = application.batches.open(application.owner, request).batch_id  # as after a kill before the first cell
    assert "interrupted" in backproof("batch", "--list").stdout
    assert f"go on with `backproof batch --resume {killed}`" in backproof("batch", "--show", killed).stdout
    with application.locks.hold(killed):
        assert "run by another process" in " ".join(backproof("batch", "--resume", killed).stderr.split())
    resumed = json.loads(backproof("batch", "--resume", killed, "--json").stdout)
    assert (resumed["batch_id"], resumed["status"], resumed["counts"]["done"]) == (killed, "done", 1)
    listed = json.loads(backproof("batch", "--list", "--json").stdout)["batches"]
    assert [(batch["batch_id"], batch["status"]) for batch in listed] == [(killed, "done")]
    assert "is done" in " ".join(backproof("batch", "--resume", killed).stderr.split())
