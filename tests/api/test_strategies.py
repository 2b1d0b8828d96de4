"""Strategies over HTTP: added, listed, shown, checked and deleted."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.services.language_document import EXAMPLE
from backend.services.strategies import starters
from tests.api.serving import Service

SPEC: dict[str, Any] = EXAMPLE.model_dump(mode="json", exclude_defaults=True)


def test_a_strategy_is_added_and_shown_by_id_and_by_name(client: TestClient) -> None:
    added = client.post("strategies", json=SPEC)
    kept = added.json()
    assert (added.status_code, kept["kind"], kept["name"]) == (201, "own", SPEC["name"])
    assert added.headers["location"] == f"/api/v1/strategies/{kept['strategy_id']}"
    for named in (kept["strategy_id"], kept["name"]):
        assert client.get(f"strategies/{named}").json() == kept
    assert kept["warmup"] == 199  # an average of 200 bars has its first value at the bar behind 199 others
    again = client.post("strategies", json=SPEC)
    assert again.status_code == 409
    assert kept["strategy_id"] in again.json()["detail"]


def test_own_strategies_come_first_and_pages_go_on_into_the_starters(client: TestClient) -> None:
    own = [client.post("strategies", json=SPEC | {"name": f"Mine {n}"}).json()["strategy_id"] for n in range(3)]
    expected = [*reversed(own), *(starter.strategy_id for starter in starters())]
    for limit in (2, 3, 4, 200):
        seen: list[str] = []
        following = ""
        while following is not None:
            stated = {"limit": limit} | ({"cursor": following} if following else {})
            page = client.get("strategies", params=stated).json()
            seen += [line["strategy_id"] for line in page["strategies"]]
            following = page["next"]
        assert seen == expected


def test_a_strategy_is_checked_without_being_kept(client: TestClient) -> None:
    found = client.post("strategies/validate", json=SPEC).json()
    assert found["valid"] is True
    assert found["spec"]["sizing"] == {"kind": "fraction", "value": 1.0}
    assert len(client.get("strategies").json()["strategies"]) == len(starters())


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        ({"long_entry": "close >"}, "", "close >"),
        ({"long_entry": "close > slw"}, "", "slw"),
        (
            {"parameters": [{"name": "slow", "kind": "int", "value": "9", "low": 1, "high": 9}]},
            "parameters.0.value",
            "",
        ),
        ({"parameters": [{"name": "slow", "kind": "int", "value": 9, "low": 10, "high": 9}]}, "parameters.0", "above"),
        ({"sizing": {"value": 2}}, "sizing.value", "at most 1"),
        ({"colour": "red"}, "colour", "no field"),
        ({"name": ""}, "name", "at least 1"),
        ({"long_entry": None}, "", "needs a long_entry"),
    ],
)
def test_a_fault_of_a_strategy_is_told_with_its_place(client: TestClient, change: Any, place: str, said: str) -> None:
    for path in ("strategies", "strategies/validate"):
        refused = client.post(path, json=SPEC | change)
        assert refused.status_code == 422
        assert said in refused.json()["detail"]
        if place:
            assert [fault["place"] for fault in refused.json()["faults"]] == [place]


def test_ones_own_is_deleted_and_a_starter_is_not(client: TestClient) -> None:
    strategy_id = client.post("strategies", json=SPEC).json()["strategy_id"]
    deleted = client.delete(f"strategies/{strategy_id}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert client.get(f"strategies/{strategy_id}").status_code == 404
    assert client.delete(f"strategies/{strategy_id}").status_code == 404
    assert client.delete(f"strategies/{starters()[0].strategy_id}").status_code == 409


def test_a_strategy_is_there_once_however_often_the_same_request_is_sent(client: TestClient) -> None:
    key = {"Idempotency-Key": "a-strategy"}
    first, second = (client.post("strategies", json=SPEC, headers=key) for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)


def test_strategies_live_on_a_server_as_well(on_postgres: Service) -> None:
    client = on_postgres.client()
    strategy_id = client.post("strategies", json=SPEC).json()["strategy_id"]
    page = client.get("strategies", params={"limit": 1}).json()
    assert page["strategies"][0]["strategy_id"] == strategy_id
    assert client.get("strategies", params={"cursor": page["next"]}).json()["next"] is None
    assert client.delete(f"strategies/{strategy_id}").status_code == 204


def test_a_page_goes_on_behind_a_row_that_is_there(client: TestClient) -> None:
    strategies = [client.post("strategies", json=SPEC | {"name": name}).json()["strategy_id"] for name in "ab"]
    following = client.get("strategies", params={"limit": 1}).json()["next"]
    client.delete(f"strategies/{strategies[1]}")
    refused = client.get("strategies", params={"cursor": following})
    assert (refused.status_code, refused.json()["hint"]) == (422, "begin the list anew")


def test_the_language_is_told(client: TestClient) -> None:
    told = client.get("language")
    assert {"sma", "rsi", "cross_above"} <= {function["name"] for function in told.json()["functions"]}
    assert client.post("strategies/validate", json=told.json()["example"]).status_code == 200
    assert client.get("language", headers={"If-None-Match": told.headers["etag"]}).status_code == 304
