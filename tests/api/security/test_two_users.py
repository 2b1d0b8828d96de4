"""What one account has does not exist for another: on every route, in the very words of what never was."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.api.app import create_app
from backend.api.paths import PREFIX
from backend.api.reference.openapi import describe, operations
from backend.settings import Settings
from tests.api.security.belongings import SPEC, TAKEN_BY, made_by
from tests.api.serving import Service, service

pytestmark = pytest.mark.slow

PLACE = re.compile(r"\{(\w+)\}")
NEVER_WAS = "no_such_thing"
OF_NOBODY = {"openapi.json", "language", "healthz", "readyz", "strategies/validate"}
"""Routes that are the same for everybody."""
OPEN = {"healthz", "readyz"}
"""Those that may be asked without signing in."""
FIRST = "1"
"""What stands in paths for anything that is no id, such as the number of an attempt."""


def _operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    document = describe(create_app(Settings(data_dir=Path("unused"))))
    return {
        operation["operationId"]: (method, path.removeprefix(f"{PREFIX}/"), operation)
        for path, method, operation in operations(document)
    }


OPERATIONS = _operations()
WITH_IDS = [name for name, (_, path, _) in OPERATIONS.items() if PLACE.search(path)]
LISTS = [name for name, (method, path, _) in OPERATIONS.items() if method == "get" and not PLACE.search(path)]


@dataclass(frozen=True)
class Two:
    """Two accounts of one service.

    Attributes:
        has: what the first has, by the names of ids in paths.
    """

    first: TestClient
    second: TestClient
    has: dict[str, str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return service(tmp_path_factory.mktemp("two"), auth="tokens")


@pytest.fixture(scope="module")
def two(served: Service) -> Two:
    tokens = served.accounts.service.tokens
    first, second = (served.client(tokens.create(owner, "x")[0], quiet=True) for owner in ("ann", "bob"))
    return Two(first, second, made_by(served, first))


def sent(client: TestClient, name: str, ids: dict[str, str]) -> Any:
    """The answer to an operation, with the body that its description shows."""
    method, path, operation = OPERATIONS[name]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = content.get("examples") or {}
    body = content.get("example") or next((each["value"] for each in examples.values()), None)
    return client.request(method, PLACE.sub(lambda found: ids.get(found[1], FIRST), path), json=body)


def test_every_id_in_a_path_is_one_that_is_looked_at() -> None:
    """A route with an id of another kind fails here until ``TAKEN_BY`` says how one is made."""
    found = {id for name in WITH_IDS for id in PLACE.findall(OPERATIONS[name][1])}
    assert found - {"n"} == TAKEN_BY.keys()
    assert set(TAKEN_BY.values()) <= OPERATIONS.keys()


@pytest.mark.parametrize("name", WITH_IDS)
def test_what_another_has_never_was(two: Two, name: str) -> None:
    nothing = dict.fromkeys(TAKEN_BY, NEVER_WAS)
    of_another, of_nobody = sent(two.second, name, two.has), sent(two.second, name, nothing)
    assert (of_another.status_code, of_nobody.status_code) == (404, 404), of_another.text
    told = of_another.text
    for id in two.has.values():
        told = told.replace(id, NEVER_WAS)
    assert told == of_nobody.text
    assert {key: value for key, value in of_another.headers.items() if key in of_nobody.headers}.keys() == (
        of_nobody.headers.keys()
    )


@pytest.mark.parametrize("name", [name for name in WITH_IDS if OPERATIONS[name][0] == "get"])
def test_its_owner_sees_it(two: Two, name: str) -> None:
    """Or the test above would pass because the ids are wrong."""
    if "events" in OPERATIONS[name][1]:
        method, path, _ = OPERATIONS[name]
        answer = two.first.request(method, PLACE.sub(lambda found: two.has[found[1]], path), params={"format": "json"})
    else:
        answer = sent(two.first, name, two.has)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("name", LISTS)
def test_no_list_names_what_another_has(two: Two, name: str) -> None:
    answer = sent(two.second, name, {})
    assert not [id for id in two.has.values() if id in answer.text]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("bots", lambda has: {"session_id": has["session_id"], "name": "theirs"}),
        ("backtest", lambda has: {"strategy_id": has["strategy_id"], "symbols": ["AAPL"]}),
        ("backtest/batch", lambda has: {"items": [{"symbol": "AAPL", "strategy": has["strategy_id"]}]}),
        ("backtest", lambda _: {"strategy_id": SPEC["name"], "symbols": ["AAPL"]}),
    ],
)
def test_what_another_has_is_not_worked_with(two: Two, path: str, body: Any) -> None:
    assert two.second.post(path, json=body(two.has)).status_code in (404, 422)


def test_runs_of_another_are_not_compared(two: Two) -> None:
    asked = {"id": [two.has["run_id"], two.has["run_id"]]}
    assert two.second.get("backtest/compare", params=asked).status_code in (404, 422)


def test_a_hint_names_ids_of_ones_own_alone(two: Two) -> None:
    for id, path in (("session_id", "sessions"), ("run_id", "backtest"), ("token_id", "tokens")):
        near = two.has[id][:-1]
        answer = two.second.request("DELETE" if path == "tokens" else "GET", f"{path}/{near}")
        assert (answer.status_code, two.has[id] in answer.text) == (404, False)


@pytest.mark.parametrize("name", OPERATIONS)
def test_without_a_token_there_is_nothing(served: Service, two: Two, name: str) -> None:
    answer = sent(served.client(), name, two.has)
    opened = OPERATIONS[name][1] in OPEN
    assert (answer.status_code == 401) != opened, answer.text


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_route_says_that_one_has_to_sign_in(name: str) -> None:
    _, path, operation = OPERATIONS[name]
    assert bool(operation.get("security")) != (path in OF_NOBODY | {"metrics"})
