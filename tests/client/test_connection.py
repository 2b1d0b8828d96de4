"""Requests are tried again where that is safe, and refusals are told in the errors of Backproof."""

import pickle
from collections.abc import Iterator

import httpx2
import pytest

from backend.client import Backproof
from backend.client.connection import Connection, Patience
from backend.client.problems import Problem, problem_of
from backend.domain.errors import Cancelled, Conflict, DataUnavailable, InvalidInput, NotFound, Unavailable
from backend.domain.record import Record
from tests.client.scripted_server import LOST, Reply, ScriptedServer, refusal, scripted


class Answer(Record):
    said: str = "nothing"


class Body(Record):
    count: int
    left: str | None = None


HELLO = Reply(body=b'{"said": "hello"}')


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def http() -> Iterator[httpx2.Client]:
    with httpx2.Client() as client:
        yield client


def to(server: ScriptedServer, pauses: list[float], http: httpx2.Client, token: str | None = None) -> Connection:
    return Connection(server.url, token, http, Patience(tries=3, pause=pauses.append))


def test_an_answer_is_read_into_its_record(pauses: list[float], http: httpx2.Client) -> None:
    with scripted(HELLO) as server:
        assert to(server, pauses, http, "secret").read(Answer, "language", cursor=None, limit=2) == Answer(said="hello")
    (asked,) = server.asked
    assert (asked.path, asked.headers["Authorization"]) == ("/api/v1/language?limit=2", "Bearer secret")


def test_a_write_that_was_lost_is_sent_again_under_the_same_key(pauses: list[float], http: httpx2.Client) -> None:
    with scripted(LOST, Reply(body=b'{"said": "hello"}', cut=4), HELLO) as server:
        connection = to(server, pauses, http)
        assert connection.write(Answer, "POST", "jobs", Body(count=3)).said == "hello"
    assert len({asked.headers["Idempotency-Key"] for asked in server.asked}) == 1
    assert {asked.body for asked in server.asked} == {b'{"count":3}'}
    assert pauses == [0.2, 0.4]


def test_two_writes_have_two_keys(pauses: list[float], http: httpx2.Client) -> None:
    with scripted(HELLO, HELLO) as server:
        for _ in range(2):
            to(server, pauses, http).write(Answer, "POST", "jobs")
    assert len({asked.headers["Idempotency-Key"] for asked in server.asked}) == 2


def test_a_server_that_asks_to_wait_is_waited_for(pauses: list[float], http: httpx2.Client) -> None:
    with scripted(refusal(429, Retry_After="7"), refusal(503, Retry_After="1"), HELLO) as server:
        assert to(server, pauses, http).read(Answer, "jobs").said == "hello"
    assert pauses == [7.0, 1.0]


def test_waiting_has_a_bound(pauses: list[float], http: httpx2.Client) -> None:
    with scripted(*[refusal(503, Retry_After="2")] * 3) as server, pytest.raises(Unavailable, match="refused") as told:
        to(server, pauses, http).read(Answer, "jobs")
    assert (told.value.hint, pauses) == ("ask otherwise", [2.0, 2.0])
    with scripted(refusal(429, Retry_After="31")) as server, pytest.raises(Unavailable):
        to(server, pauses, http).read(Answer, "jobs")
    assert pauses == [2.0, 2.0]


def test_a_request_that_is_still_worked_on_is_asked_for_again(pauses: list[float], http: httpx2.Client) -> None:
    with scripted(refusal(409, Retry_After="1"), HELLO) as server:
        assert to(server, pauses, http).write(Answer, "DELETE", "bots/bot_1").said == "hello"
    with scripted(refusal(409)) as server, pytest.raises(Conflict):
        to(server, pauses, http).write(Answer, "DELETE", "bots/bot_1")


def test_a_server_that_never_answers_is_unavailable(pauses: list[float], http: httpx2.Client) -> None:
    with scripted(LOST, LOST, LOST) as server, pytest.raises(Unavailable, match=f"No server answers at {server.url}"):
        to(server, pauses, http).read(Answer, "jobs")


@pytest.mark.parametrize(
    ("status", "kind"), [(404, NotFound), (422, InvalidInput), (424, DataUnavailable), (413, InvalidInput)]
)
def test_a_refusal_is_the_error_of_its_status(
    status: int, kind: type[Exception], pauses: list[float], http: httpx2.Client
) -> None:
    with scripted(refusal(status)) as server, pytest.raises(kind, match=r"It is refused\.") as told:
        to(server, pauses, http).read(Answer, "jobs")
    assert isinstance(told.value, Problem)
    assert told.value.status == status


def test_a_status_without_an_error_of_its_own_is_a_problem_alone(pauses: list[float], http: httpx2.Client) -> None:
    with scripted(refusal(401)) as server, pytest.raises(Problem) as told:
        to(server, pauses, http).read(Answer, "jobs")
    assert (type(told.value), told.value.status) == (Problem, 401)


def test_what_is_no_problem_document_is_told_by_its_status(pauses: list[float], http: httpx2.Client) -> None:
    with scripted(Reply(502, b"<html>")) as server, pytest.raises(Problem, match="status 502"):
        to(server, pauses, http).read(Answer, "jobs")


def test_a_cancelled_request_shares_its_status_with_a_conflict() -> None:
    problem = problem_of(409, {"title": "Cancelled", "detail": "Somebody asked for it."})
    assert isinstance(problem, Cancelled)
    kept = pickle.loads(pickle.dumps(problem))
    assert (type(kept), kept.status, kept.message) == (type(problem), 409, "Somebody asked for it.")


def test_an_answer_of_another_version_is_refused(pauses: list[float], http: httpx2.Client) -> None:
    with scripted(Reply(body=b'{"said": "hi", "more": 1}')) as server, pytest.raises(InvalidInput, match="more"):
        to(server, pauses, http).read(Answer, "jobs")


def test_whether_it_lives_is_asked_once(pauses: list[float]) -> None:
    patience = Patience(pause=pauses.append)
    with scripted(refusal(503, Retry_After="5"), LOST) as server, Backproof(server.url, patience=patience) as client:
        with pytest.raises(Unavailable, match="refused"):
            client.readiness()
        with pytest.raises(Unavailable, match="No server"):
            client.health()
    assert pauses == []
