"""Direct backtests over HTTP: the numbers of the command line, whole and in parts."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.domain.errors import NotFound
from tests.api.backtests.conftest import SPEC, YEARS, Ran
from tests.cli.conftest import Backproof, backproof

__all__ = ["backproof"]


@pytest.fixture
def beside(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Commands run by the test see the store of the service."""
    monkeypatch.setenv("BACKPROOF_DATA_DIR", str(ran.served.accounts.settings.data_dir))
    return ran


def told(text: str) -> Any:
    """A document as the command line prints it, without the layout that is for people."""
    return json.dumps(json.loads(text))


def test_every_document_is_that_of_the_command_line(beside: Ran, backproof: Backproof) -> None:
    first, second = beside.first["run_id"], beside.second["run_id"]
    for path, command in (
        (f"backtest/{first}", ("show", first)),
        (f"backtest/{first}?trades=true", ("show", first, "--trades")),
        (f"backtest/compare?id={first}&id={second}", ("compare", first, second)),
    ):
        shown = backproof("backtest", *command, "--json")
        assert (shown.code, told(beside.client.get(path).text)) == (0, told(shown.stdout))
    listed = json.loads(backproof("backtest", "list", "--json").stdout)["runs"]
    assert beside.client.get("backtest").json() == {"runs": listed, "next": None}


def test_a_run_of_the_command_line_has_the_same_numbers(beside: Ran, backproof: Backproof, tmp_path: Path) -> None:
    (tmp_path / "spec.json").write_text(json.dumps(SPEC))
    options = ("--symbols", "aapl", "--start", YEARS["start"], "--end", YEARS["end"], "--trades", "--equity", "--json")
    own = json.loads(backproof("backtest", "run", "--spec", str(tmp_path / "spec.json"), *options).stdout)
    assert {**own, "run_id": "", "created_at": ""} == {**beside.first, "run_id": "", "created_at": ""}
    beside.client.get(f"backtest/{own['run_id']}")


def test_the_parts_of_a_run_are_those_of_the_whole(ran: Ran) -> None:
    whole = ran.client.get(f"{ran.path}?trades=true&equity=true").json()
    assert whole == ran.first
    assert ran.client.get(f"{ran.path}/summary").json()["metrics"] == whole["metrics"]
    equity = ran.client.get(f"{ran.path}/equity").json()
    assert {name: equity[name] for name in whole["equity"]} == whole["equity"]
    # the deepest point of the line is the metric
    assert max(equity["drawdown"]) == pytest.approx(whole["metrics"]["max_drawdown"], rel=1e-12)
    every = ran.client.get(f"{ran.path}/trades?all=true").json()
    assert (every["trades"], every["open_positions"]) == (whole["trades"], whole["open_positions"])
    assert every["next"] is None


def test_trades_are_paged_in_the_order_of_exit(ran: Ran) -> None:
    trades: list[dict[str, Any]] = []
    cursor: str | None = ""
    pages = 0
    while cursor is not None:
        page = ran.client.get(f"{ran.path}/trades", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        assert len(page["trades"]) <= 3
        assert (page["open_positions"] is None) == bool(trades)
        trades, cursor, pages = trades + page["trades"], page["next"], pages + 1
    assert trades == ran.first["trades"]
    assert pages == -(-len(trades) // 3)
    assert [trade["exit_time"] for trade in trades] == sorted(trade["exit_time"] for trade in trades)


def test_runs_are_paged_newest_first(ran: Ran) -> None:
    newest = ran.client.get("backtest?limit=1").json()
    older = ran.client.get("backtest", params={"limit": 200, "cursor": newest["next"]}).json()
    shown = [line["run_id"] for line in newest["runs"] + older["runs"]]
    assert shown[-2:] == [ran.second["run_id"], ran.first["run_id"]]
    assert older["next"] is None


def test_a_kept_strategy_is_run_by_its_id_and_by_its_name(ran: Ran) -> None:
    for name in ("starter_golden_cross", "Golden cross"):
        answer = ran.client.post("backtest", json=YEARS | {"strategy_id": name})
        assert answer.status_code == 200
        assert answer.json()["spec"]["name"] == "Golden cross"
        assert answer.headers["location"] == f"/api/v1/backtest/{answer.json()['run_id']}"
        assert "trades" not in answer.json()


def test_a_request_under_a_key_is_run_once(ran: Ran) -> None:
    sent = [
        ran.client.post("backtest", json=YEARS | {"spec": SPEC}, headers={"Idempotency-Key": "once"}) for _ in range(2)
    ]
    assert sent[0].content == sent[1].content
    assert sent[1].headers["idempotent-replayed"] == "true"


def test_a_portfolio_shares_one_account(ran: Ran) -> None:
    answer = ran.client.post("backtest", json=YEARS | {"spec": SPEC, "symbols": ["AAPL", "MSFT"], "max_positions": 1})
    assert answer.json()["symbols"] == ["AAPL", "MSFT"]
    assert answer.json()["execution"]["max_positions"] == 1


@pytest.mark.parametrize(
    ("changes", "status", "detail"),
    [
        ({"spec": None}, 422, "A backtest runs one strategy."),
        ({"strategy_id": "starter_golden_cross"}, 422, "A backtest runs one strategy."),
        ({"spec": None, "strategy_id": "starter_gloden_cross"}, 404, 'There is no strategy "starter_gloden_cross".'),
        ({"spec": SPEC | {"long_entry": "close > 5"}}, 422, "long_entry"),
        ({"spec": SPEC | {"long_entry": "__import__('os')"}}, 422, "long_entry"),
        ({"spec": {"name": "x"}}, 422, "needs a long_entry"),
        ({"spec": SPEC | {"more": 1}}, 422, "spec.more"),
        ({"symbols": []}, 422, "symbols"),
        ({"symbols": "AAPL"}, 422, "symbols"),
        ({"symbols": [" "]}, 422, "symbols"),
        ({"symbols": ["NOPE"]}, 424, "NOPE"),
        ({"symbols": ["../../etc"]}, 424, "../../ETC"),
        ({"symbols": ["AAPL'; drop table bots;--"[:20]]}, 424, "No source has"),
        ({"start": "2010-02-30"}, 422, "start"),
        ({"start": 5}, 422, "start"),
        ({"start": "2012-01-04", "end": "2012-01-03"}, 422, "The end 2012-01-03 is before the start 2012-01-04."),
        ({"start": "0001-01-01", "end": "9999-12-31"}, 424, "No source has prices of AAPL"),
        ({"timeframe": "1w"}, 422, "timeframe"),
        ({"timeframe": "1m"}, 424, "No source has 1m prices of AAPL."),
        ({"capital": 0}, 422, "capital"),
        ({"capital": "100"}, 422, "capital"),
        ({"capital": True}, 422, "capital"),
        ({"capital": 1, "whole_shares": True}, 422, "bought no whole share of AAPL"),
        ({"commission": 0.5}, 422, "commission"),
        ({"max_positions": 2}, 422, "2 positions"),
        ({"profile": "mine"}, 422, "profile"),
        ({"more": 1}, 422, "more"),
    ],
)
def test_what_cannot_be_run_is_refused(ran: Ran, changes: dict[str, Any], status: int, detail: str) -> None:
    before = ran.client.get("backtest?limit=1").content
    answer = ran.client.post("backtest", json=YEARS | {"spec": SPEC} | changes)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert detail in answer.json()["detail"]
    assert ran.client.get("backtest?limit=1").content == before


PARTS = ("", "/summary", "/trades", "/equity", "/chart", "/report")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("run_id", ["run_none", "..%2f..%2fetc", "%27%20or%201=1", "x" * 1000])
def test_an_unknown_run_is_not_found(ran: Ran, run_id: str, part: str) -> None:
    answer = ran.client.get(f"backtest/{run_id}{part}")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "/trades?limit=0",
        "/trades?limit=201",
        "/trades?cursor=5",
        "/trades?cursor=YWZ0ZXI6eA",  # after:x
        "/trades?cursor=YWZ0ZXI6LTE",  # after:-1
        "/chart?symbol=MSFT",
        "/report?format=pdf",
        "/report?format=csv&table=orders",
        "/report?table=trades",
        "?trades=perhaps",
    ],
)
def test_wrong_questions_about_a_run_are_refused(ran: Ran, query: str) -> None:
    answer = ran.client.get(f"{ran.path}{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(("count", "status"), [(0, 422), (1, 422), (2, 200), (6, 200), (7, 422)])
def test_two_to_six_runs_are_compared(ran: Ran, count: int, status: int) -> None:
    ids = [("id", ran.first["run_id"])] * count
    assert ran.client.get("backtest/compare", params=ids).status_code == status


def test_another_user_finds_nothing(ran: Ran) -> None:
    """The same words as for an id that never existed."""
    stranger = ran.served.accounts.acting_for("stranger")
    assert stranger.backtests.list("stranger", 9) == ()
    own = ran.client.get("backtest/run_none")
    assert own.json()["detail"] == 'There is no backtest "run_none".'
    for read in (stranger.runs.load, stranger.runs.summary, stranger.runs.trades, stranger.runs.curves):
        with pytest.raises(NotFound, match="There is no backtest") as refused:
            read("stranger", ran.first["run_id"])
        assert "did you mean" not in refused.value.hint
