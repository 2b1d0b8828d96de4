"""What is stored, fetched ahead and deleted over HTTP."""

import json

import pytest
from starlette.testclient import TestClient

from backend.domain.timeframes import Timeframe
from tests.api.serving import Service
from tests.cli.conftest import Backproof, backproof

__all__ = ["backproof"]


@pytest.fixture
def beside(served: Service, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Commands run by the test see the store of the service."""
    monkeypatch.setenv("BACKPROOF_DATA_DIR", str(served.accounts.settings.data_dir))
    return served.client()


def test_prices_are_fetched_ahead_by_a_job(beside: TestClient, served: Service, backproof: Backproof) -> None:
    queued = beside.post("data/warm", json={"symbols": ["aapl", "NOPE"], "start": "2010-01-04", "end": "2010-12-31"})
    assert (queued.status_code, queued.json()["status"]) == (202, "queued")
    assert queued.headers["location"] == f"/api/v1/jobs/{queued.json()['job_id']}"
    assert beside.get("data/status").json()["bars"] == []
    assert served.work_off() == 1
    told = json.loads(backproof("data", "status", "--json").stdout)
    assert beside.get("data/status").json() == told
    assert [series["symbol"] for series in told["bars"]] == ["AAPL"]


def test_prices_are_deleted_by_symbol_and_by_day(beside: TestClient, served: Service) -> None:
    served.accounts.service.warming.warm(["AAPL", "MSFT"], Timeframe.DAY, None, lambda _: None)
    before = beside.delete("data/bars?before=2005-01-03&symbol=aapl").json()
    assert before["bars"] > 1_000
    assert {**before, "bars": 0} == {
        "symbol": "AAPL", "timeframe": None, "before": "2005-01-03", "bars": 0, "shared": True, "kept_by_bots": []
    }  # fmt: skip
    spans = {series["symbol"]: series["start"] for series in beside.get("data/status").json()["bars"]}
    assert spans == {"AAPL": "2005-01-03", "MSFT": "2000-03-01"}
    assert beside.delete("data/bars?symbol=MSFT").json()["bars"] > 3_000
    assert beside.delete("data/bars?symbol=MSFT").json()["bars"] == 0
    assert [series["symbol"] for series in beside.get("data/status").json()["bars"]] == ["AAPL"]


@pytest.mark.parametrize(
    "query", ["", "?symbol=", "?symbol=%20", "?before=soon", "?before=2010-02-30", f"?symbol={'x' * 41}"]
)
def test_nothing_is_deleted_by_mistake(beside: TestClient, query: str) -> None:
    assert beside.delete(f"data/bars{query}").status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"symbols": []},
        {"symbols": [""]},
        {"symbols": ["A" * 21]},
        {"symbols": ["AAPL"], "timeframe": "2d"},
        {"symbols": ["AAPL"], "start": "2010-01-02", "end": "2010-01-01"},
        {"symbols": ["AAPL"], "more": 1},
        [],
    ],
)
def test_what_cannot_be_fetched_is_refused(beside: TestClient, served: Service, body: object) -> None:
    assert beside.post("data/warm", json=body).status_code == 422
    assert served.work_off() == 0


@pytest.mark.parametrize("path", ["datasets/ds_none", "datasets/..%2f..%2fetc", "datasets/x?data=true"])
def test_an_unknown_dataset_is_not_found(beside: TestClient, path: str) -> None:
    assert beside.get(path).status_code == 404


def test_no_datasets_are_an_empty_page(beside: TestClient) -> None:
    assert beside.get("datasets").json() == {"datasets": [], "next": None}
    assert beside.get("datasets?cursor=YWZ0ZXI6eA").status_code == 422
