"""Two users of one Supabase project: neither reads, changes or deletes what the other has."""

import pytest
from starlette.testclient import TestClient

from backend.domain.timeframes import Timeframe
from tests.api.serving import Service
from tests.stores.supabase.accounts import ANN

pytestmark = pytest.mark.slow

PRICES = "date,open,high,low,close\n2020-01-02,10,11,10,10.5\n2020-01-03,10.5,11,10,10.75\n"
SPEC = {"name": "x", "long_entry": "close > open"}


def bring(client: TestClient) -> None:
    sent = client.post("data/import", data={"kind": "prices", "symbol": "OWN"}, files={"file": ("own.csv", PRICES)})
    assert sent.status_code == 200, sent.text


def symbols(client: TestClient) -> list[str]:
    return [series["symbol"] for series in client.get("data/status").json()["bars"]]


def test_each_has_what_he_brought_and_all_share_what_was_fetched(
    with_accounts: Service, ann: TestClient, bob: TestClient
) -> None:
    bring(ann)
    with_accounts.accounts.acting_for(ANN).warming.warm(["AAPL"], Timeframe.DAY, None, lambda _: None)
    assert (symbols(ann), symbols(bob)) == (["AAPL", "OWN"], ["AAPL"])
    body = {"spec": SPEC, "symbols": ["OWN"]}
    assert (ann.post("backtest", json=body).status_code, bob.post("backtest", json=body).status_code) == (200, 424)
    bring(bob)
    for symbol, count in (("AAPL", 0), ("OWN", 2)):
        deleted = bob.delete(f"data/bars?symbol={symbol}").json()
        assert (deleted["bars"], deleted["shared"]) == (count, False)
    assert (symbols(ann), symbols(bob)) == (["AAPL", "OWN"], ["AAPL"])


def test_what_one_ran_is_unknown_to_the_other(ann: TestClient, bob: TestClient) -> None:
    bring(ann)
    run = ann.post("backtest", json={"spec": SPEC, "symbols": ["OWN"]}).json()["run_id"]
    for part in ("", "/summary", "/trades", "/equity", "/chart", "/report"):
        assert ann.get(f"backtest/{run}{part}").status_code == 200
        other, never = bob.get(f"backtest/{run}{part}"), bob.get(f"backtest/run_never{part}")
        assert (other.status_code, other.json() | {"detail": ""}) == (404, never.json() | {"detail": ""})
        assert other.json()["detail"] == f'There is no backtest "{run}".'
    assert bob.get("backtest/compare", params=[("id", run), ("id", run)]).status_code == 404
    assert bob.get("backtest").json()["runs"] == []
    assert ann.get("backtest").json()["runs"][0]["run_id"] == run
