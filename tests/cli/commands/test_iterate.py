"""A request is run to a verdict, stopped cleanly, and resumed."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from backend.domain.results import METRIC_NAMES
from tests.cli.commands.conftest import REQUEST, Finished, program
from tests.cli.conftest import Backproof

KEYS = {
    "session_id", "status", "strategist", "request", "goal", "periods", "notices", "datasets", "attempts", "chosen",
    "trials", "effective_trials", "holdout", "verdict", "null_league", "usage", "timings", "bot_id",
}  # fmt: skip


@pytest.mark.slow
def test_the_document_has_the_documented_keys(finished: Finished) -> None:
    document = finished.document
    assert document.keys() >= KEYS
    assert document["status"] == "done"
    assert document["request"] == REQUEST
    assert len(document["attempts"]) == 2
    assert document["attempts"][0]["train"].keys() == set(METRIC_NAMES)
    assert document["verdict"]["outcome"] in ("proven", "unproven", "rejected")
    assert document["bot_id"].startswith("bot_")


@pytest.mark.slow
def test_progress_is_told_on_standard_error(finished: Finished) -> None:
    lines = finished.stderr.splitlines()
    assert lines[0] == f"started: {REQUEST}"
    assert any("synthetic" in line for line in lines if line.startswith("notice: "))
    assert lines[-1] == "ended: done"


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_session_is_kept_and_can_be_resumed(tmp_path: Path, stop: signal.Signals) -> None:
    with program("iterate", REQUEST, "--iterations", "6", data_dir=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if line.startswith("attempt 2: testing"):
                break
        process.send_signal(stop)
        process.stdout.read()
        stderr = process.stderr.read()
        assert process.wait(timeout=60) == 130
    message = "Cancelled; everything finished is kept; resume with `backproof sessions resume ses_"
    assert stderr.startswith(message)
    assert stderr.count("\n") == 1

    session_id = stderr.split()[-1].rstrip("`")
    assert _document("sessions", "show", session_id, data_dir=tmp_path)["status"] == "cancelled"
    resumed = _document("sessions", "resume", session_id, data_dir=tmp_path)
    assert resumed["status"] == "done"
    assert [attempt["n"] for attempt in resumed["attempts"]] == [1, 2, 3, 4, 5, 6]


@pytest.mark.slow
def test_a_request_without_a_symbol_is_asked_back(backproof: Backproof) -> None:
    ended = backproof("iterate", "something with momentum")
    assert ended.code == 2
    assert "Which symbol?" in ended.stdout
    document = json.loads(backproof("iterate", "something with momentum", "--json").stdout)
    assert document["status"] == "needs_input"
    assert document["question"].startswith("Which symbol?")


@pytest.mark.slow
def test_capital_and_costs_are_those_of_the_session(backproof: Backproof) -> None:
    costs = ("--capital", "5000", "--commission", "0.001", "--slippage", "0")
    execution = json.loads(backproof("iterate", "momentum", *costs, "--json").stdout)["execution"]
    assert execution["capital"] == 5000
    assert execution["costs"] == {"commission_rate": 0.001, "commission_fixed": 0.0, "slippage": 0.0}


@pytest.mark.slow
def test_a_session_trades_whole_shares_with_rates_and_fees(backproof: Backproof) -> None:
    terms = ("--whole-shares", "--interest-rate", "0.02", "--borrow-rate", "0.03", "--commission-fixed", "1")
    asked = ("momentum on AAPL", "--start", "2008-01-02", "--iterations", "1")
    with_terms, without = (json.loads(backproof("iterate", *asked, *more, "--json").stdout) for more in (terms, ()))
    assert with_terms["status"] == "done"
    execution = with_terms["execution"]
    assert (execution["whole_shares"], execution["interest_rate"], execution["borrow_rate"]) == (True, 0.02, 0.03)
    results = [document["attempts"][0]["train"]["final_equity"] for document in (with_terms, without)]
    assert results[0] != results[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--strategist", "llm"], "OPENAI_API_KEY is not set"),
        (["--strategist", "both"], "OPENAI_API_KEY is not set"),
        (["--budget-usd", "0"], "--budget-usd is 0; it must be above 0."),
        (["--budget-backtests", "1.5"], "--budget-backtests"),
        (["--strategist", "buitlin"], 'did you mean "builtin"?'),
        (["--iterations", "0"], "--iterations is 0; it must be at least 1."),
        (["--iterations", "many"], "'--iterations'"),
        (["--capital", "0"], "--capital is 0; it must be above 0."),
        (["--commission", "0.5"], "--commission is 0.5; it must be below 0.5."),
        (["--slippage", "nan"], "--slippage is nan; it must be a finite number."),
        (["--commission-fixed", "-1"], "--commission-fixed is -1; it must be at least 0."),
        (["--borrow-rate", "1"], "--borrow-rate is 1; it must be below 1."),
        (["--max-positions", "2"], "--max-positions"),
    ],
)
def test_options_that_do_not_fit_are_refused(backproof: Backproof, options: list[str], message: str) -> None:
    ended = backproof("iterate", "momentum on AAPL", *options)
    assert (ended.code, ended.stdout) == (2, "")
    assert message in ended.stderr


def _document(*arguments: str, data_dir: Path) -> dict[str, Any]:
    with program(*arguments, "--json", data_dir=data_dir) as process:
        stdout, stderr = process.communicate(timeout=180)
    assert process.returncode == 0, stderr
    document: dict[str, Any] = json.loads(stdout)
    return document
