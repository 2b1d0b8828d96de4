"""Refusals: one shape for all of them, a status for each class of error, and never a 500 for what somebody sends."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from backend.api.documents.sessions import MessageBody, SessionBody
from backend.api.errors import (
    STATUS,
    Forbidden,
    TooLarge,
    TooMany,
    Unauthorized,
    Unsupported,
    install_error_handlers,
)
from backend.domain.errors import (
    BackproofError,
    BudgetSpent,
    Busy,
    Cancelled,
    Conflict,
    DataUnavailable,
    InvalidInput,
    MalformedOutput,
    NotFound,
    Unavailable,
)
from backend.domain.spec import StrategySpec
from tests.api.serving import ADDRESS, Service
from tests.api.stories import PLAIN

ERRORS: dict[type[BackproofError], tuple[int, str]] = {
    InvalidInput: (422, "Invalid input"),
    NotFound: (404, "Not found"),
    Conflict: (409, "Conflict"),
    Busy: (409, "Conflict"),
    Cancelled: (409, "Cancelled"),
    DataUnavailable: (424, "Data unavailable"),
    Unavailable: (503, "Unavailable"),
    MalformedOutput: (502, "Malformed output"),
    BudgetSpent: (402, "Budget spent"),
    Unauthorized: (401, "Unauthorized"),
    Forbidden: (403, "Forbidden"),
    TooLarge: (413, "Too large"),
    TooMany: (429, "Too many"),
    Unsupported: (415, "Unsupported"),
}


def raising(error: Exception) -> TestClient:
    """A client of an application whose only route fails so."""
    app = FastAPI()
    install_error_handlers(app)

    @app.get("/")
    def fail() -> None:
        raise error

    return TestClient(app, raise_server_exceptions=False)


def test_every_class_of_error_is_tried() -> None:
    assert STATUS.keys() <= ERRORS.keys()


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_leaves_as_a_problem_with_its_status(kind: type[BackproofError]) -> None:
    answer = raising(kind("It is so.", "do that")).get("/")
    status, title = ERRORS[kind]
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    shape = {"type": "about:blank", "title": title, "status": status, "detail": "It is so.", "hint": "do that"}
    assert answer.json() == shape
    assert ("retry-after" in answer.headers) == (status in (429, 503))
    assert ("www-authenticate" in answer.headers) == (status == 401)


def test_what_nobody_expected_tells_nothing() -> None:
    answer = raising(RuntimeError("the key is sk-12345678")).get("/")
    assert (answer.status_code, answer.json()["title"]) == (500, "Internal error")
    assert "key" not in answer.text


def test_a_secret_in_an_error_is_masked() -> None:
    answer = raising(Unavailable("postgresql://me:secret@host/db does not answer", "try sk-1234567890")).get("/")
    assert "secret" not in answer.text
    assert "sk-1234567890" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "nothing", 404, "nothing at /api/v1/nothing"),
        ("GET", "sessions/a/b/c", 404, "nothing at"),
        ("PUT", "sessions", 405, "no PUT at"),
        ("DELETE", "language", 405, "no DELETE at"),
        ("GET", "sessions/x/attempts/one", 422, "n must be a whole number"),
        ("GET", "sessions?status=asleep", 422, "status must be"),
        ("GET", "sessions?limit=0", 422, "limit must be at least 1"),
    ],
)
def test_routing_refuses_in_the_same_shape(client: TestClient, method: str, path: str, status: int, said: str) -> None:
    refused = client.request(method, path)
    assert (refused.status_code, refused.headers["content-type"]) == (status, "application/problem+json")
    assert refused.json().keys() >= {"type", "title", "status", "detail", "hint"}
    assert said in refused.json()["detail"]
    assert ("allow" in refused.headers) == (status == 405)


def test_what_is_not_done_at_a_path_is_told_with_all_that_is(client: TestClient) -> None:
    assert client.put("strategies/x").headers["allow"] == "DELETE, GET"
    assert client.put("strategies").headers["allow"] == "GET, POST"


BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a text": b'"momentum"',
    "null": b"null",
    "no request": b"{}",
    "an empty request": b'{"request": ""}',
    "a number for it": b'{"request": 1}',
    "a lone surrogate": b'{"request": "\\ud800"}',
    "a lone surrogate as a name": b'{"request": "x", "\\ud800": 1}',
    "a control character": b'{"request": "\\u0000"}',
    "a number in quotes": b'{"request": "x", "iterations": "8"}',
    "a yes for a number": b'{"request": "x", "seed": true}',
    "a number that is none": b'{"request": "x", "seed": NaN}',
    "an endless number": b'{"request": "x", "budget": {"usd": Infinity}}',
    "a huge number": b'{"request": "x", "seed": ' + b"9" * 400 + b"}",
    "more digits than are read": b'{"request": "x", "seed": ' + b"9" * 5000 + b"}",
    "no bytes of a text": b'{"request": "\xff\xfe"}',
    "a field too many": b'{"request": "x", "colour": "red"}',
    "depth": b"[" * 50_000,
    "many symbols": json.dumps({"request": "x", "symbols": ["A"] * 101}).encode(),
    "a long request": json.dumps({"request": "x" * 2001}).encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_request_is_refused_by_its_place(client: TestClient, body: bytes) -> None:
    refused = client.post("sessions", content=body, headers={"Content-Type": "application/json"})
    assert refused.status_code in (400, 422)
    assert refused.json()["detail"].endswith(".")
    assert client.get("sessions").json()["sessions"] == []


def test_a_deep_fault_is_told_with_its_path(client: TestClient) -> None:
    body = PLAIN | {"execution": {"costs": {"slippage": 0.5}, "capital": -1}}
    refused = client.post("sessions", json=body).json()
    assert {fault["place"]: fault["message"] for fault in refused["faults"]} == {
        "execution.costs.slippage": "must be below 0.5",
        "execution.capital": "must be above 0",
    }


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from([*SessionBody.model_fields, *MessageBody.model_fields, *StrategySpec.model_fields])
POSTS = ("sessions", "sessions/{id}/messages", "sessions/{id}/resume", "strategies", "strategies/validate")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(POSTS), body=st.dictionaries(names | st.text(max_size=8), values, max_size=5))
def test_no_body_breaks_the_server(served: Service, path: str, body: dict[str, Any]) -> None:
    text = json.dumps({"request": "momentum on AAPL", **body})
    answer = served.client().post(path.format(id="ses_1"), content=text, headers={"Content-Type": "application/json"})
    assert answer.status_code < 500, answer.text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip("./")), st.text(max_size=30))
def test_no_address_breaks_the_server(served: Service, part: str, stated: str) -> None:
    client = served.client()
    for path in ("sessions", "strategies"):
        assert client.get(f"{path}/{quote(part, safe='', errors='replace')}").status_code < 500
        shown = {"cursor": stated.encode(errors="replace"), "limit": part.encode(errors="replace")}
        assert client.get(path, params=shown).status_code < 500


def test_a_host_that_is_not_this_one_is_refused(served: Service) -> None:
    for path in ("/", "/docs", "/api/v1/sessions"):
        refused = served.client().get(f"{ADDRESS}{path}", headers={"Host": "evil.example"})
        assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
