"""A request that is sent twice under one key is done once, whatever happens in between."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from backend.api.security.request_digest import digest_of
from backend.bootstrap.repeats import KeyedRequest, done_before, new_id, repeating, serving
from backend.domain.errors import InvalidInput, NotFound
from backend.domain.ports import KeptAnswer
from backend.services.answers import KEPT, LONGEST_WORK, Answers, Begun, BeingDone, Written
from backend.stores import FileLocks, Stores, open_database
from tests.api.security.killed import BODY, KEY
from tests.api.serving import Service, service
from tests.programs import running

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WRITTEN = Written(201, (("content-type", "application/json"),), "body")


@pytest.fixture
def served(tmp_path: Path) -> Service:
    return service(tmp_path)


def names(served: Service) -> list[str]:
    return [line["name"] for line in served.client().get("tokens").json()["tokens"]]


def test_the_same_request_is_done_once_and_answered_the_same(served: Service) -> None:
    client = served.client()
    made, again = (client.post("tokens", json=BODY, headers=KEY) for _ in range(2))
    assert "idempotent-replayed" not in made.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.status_code, again.headers["content-type"]) == (made.status_code, made.headers["content-type"])
    assert again.json() == made.json() | {"token": None}  # the secret is shown once
    assert names(served) == ["laptop"]


def test_a_deletion_is_answered_the_same(served: Service) -> None:
    client = served.client()
    token_id = client.post("tokens", json=BODY).json()["token_id"]
    first, again = (client.delete(f"tokens/{token_id}", headers=KEY) for _ in range(2))
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)


def test_a_refusal_is_kept_as_well(served: Service) -> None:
    client = served.client()
    first, again = (client.delete("tokens/tok_1", headers=KEY) for _ in range(2))
    assert (first.status_code, again.status_code, again.content) == (404, 404, first.content)
    assert again.headers["content-type"] == "application/problem+json"


def test_another_request_under_the_key_is_refused(served: Service) -> None:
    client = served.client()
    client.post("tokens", json=BODY, headers=KEY)
    others = [
        client.post("tokens", json={"name": "another"}, headers=KEY),
        client.post("tokens?x=1", json=BODY, headers=KEY),
        client.delete("tokens/tok_1", headers=KEY),
    ]
    assert {(answer.status_code, answer.json()["detail"]) for answer in others} == {
        (422, "Another request was sent under this key.")
    }
    assert names(served) == ["laptop"]


def test_each_account_has_keys_of_its_own(tmp_path: Path) -> None:
    served = service(tmp_path, auth="tokens")
    tokens = served.accounts.service.tokens
    made = []
    for owner in ("ann", "bob"):
        client = served.client(tokens.create(owner, "x")[0])
        made.append(client.post("tokens", json=BODY, headers=KEY))
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json()["token_id"] != made[1].json()["token_id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x7fb", "\xe4", "a\tb"])
def test_a_key_that_is_none_is_refused(served: Service, key: str) -> None:
    headers: Any = {b"Idempotency-Key": key.encode("latin-1")}
    assert served.client().post("tokens", json=BODY, headers=headers).status_code == 422
    assert names(served) == []


def test_two_at_the_same_moment_do_it_once(served: Service) -> None:
    client = served.client()
    client.get("tokens")
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: client.post("tokens", json=BODY, headers=KEY), range(6)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len([answer for answer in answers if "idempotent-replayed" not in answer.headers and answer.is_success]) == 1
    assert all(answer.headers["retry-after"] == "1" for answer in answers if answer.status_code == 409)
    assert names(served) == ["laptop"]


def test_a_fault_may_be_tried_again_under_its_key(served: Service) -> None:
    broken = [True]

    @served.app.post("/api/v1/fragile")
    def fragile() -> dict[str, object]:
        if broken:
            raise RuntimeError(str(broken.pop()))
        return {"id": new_id("thing"), "repeated": repeating()}

    client = served.client(quiet=True)
    first, second, third = (client.post("fragile", headers=KEY) for _ in range(3))
    assert (first.status_code, second.status_code) == (500, 200)
    assert second.json()["repeated"] is True
    assert (third.content, third.headers["idempotent-replayed"]) == (second.content, "true")


@pytest.mark.slow
def test_what_was_done_before_a_kill_is_not_done_again(tmp_path: Path) -> None:
    with running("tests.api.security.killed", str(tmp_path)) as program:
        assert program.read() == "ready"  # it is done, and its answer not kept
        os.kill(program.process.pid, signal.SIGKILL)
        program.process.wait()
    served = service(tmp_path)
    [before] = served.client().get("tokens").json()["tokens"]
    again, once_more = (served.client().post("tokens", json=BODY, headers=KEY) for _ in range(2))
    assert (again.status_code, "idempotent-replayed" in again.headers) == (201, False)
    assert again.json() == before | {"token": None}
    assert (once_more.content, once_more.headers["idempotent-replayed"]) == (again.content, "true")
    assert names(served) == ["laptop"]


@dataclass
class Desk:
    """Answers of two machines over one database."""

    stores: Stores
    folder: Path
    now: datetime = NOON

    def answers(self, place: str = "here") -> Answers:
        return Answers(self.stores.answers, FileLocks(self.folder / place), lambda: self.now, place)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Stores.over(open_database(f"sqlite:///{tmp_path / 'x.sqlite'}")), tmp_path)


def begun(answers: Answers, request: str = "r") -> Begun:
    found = answers.begin("ann", "key", request)
    assert isinstance(found, Begun)
    return found


def test_one_that_is_worked_on_is_not_begun_again(desk: Desk) -> None:
    here = desk.answers()
    first = begun(here)
    for other in (here, desk.answers(), desk.answers("elsewhere")):
        with pytest.raises(BeingDone):
            other.begin("ann", "key", "r")
        with pytest.raises(InvalidInput):
            other.begin("ann", "key", "another")
    here.end(first, WRITTEN)
    assert {other.begin("ann", "key", "r") for other in (here, desk.answers("elsewhere"))} == {WRITTEN}


def test_one_whose_process_died_is_taken_over_here_at_once_and_elsewhere_later(desk: Desk) -> None:
    begun(desk.answers()).held.close()  # as the system lets go of the locks of a dead process
    with pytest.raises(BeingDone):
        desk.answers("elsewhere").begin("ann", "key", "r")
    again = begun(desk.answers())
    assert again.repeated
    again.held.close()
    desk.now += LONGEST_WORK + timedelta(seconds=1)
    assert begun(desk.answers("elsewhere")).repeated


def test_an_answer_is_kept_for_a_day(desk: Desk) -> None:
    answers = desk.answers()
    answers.end(begun(answers), WRITTEN)
    desk.now += KEPT - timedelta(seconds=1)
    assert answers.begin("ann", "key", "r") == WRITTEN
    desk.now += timedelta(seconds=2)
    assert not begun(desk.answers("elsewhere"), "another request").repeated


def test_old_answers_are_cleared_away(desk: Desk) -> None:
    desk.stores.answers.claim_key(KeptAnswer(owner="bob", key="old", request_hash="", created_at=NOON - KEPT * 2))
    begun(desk.answers())
    assert desk.stores.answers.find_answer("bob", "old") is None


def test_ids_follow_from_the_key() -> None:
    def made(owner: str, key: str) -> list[str]:
        with serving(KeyedRequest(owner, key)):
            return [new_id(prefix) for prefix in ("ses", "ses", "job")]

    assert made("ann", "k") == made("ann", "k")
    assert len({*made("ann", "k"), *made("bob", "k"), *made("ann", "l")}) == 9
    assert [id.partition("_")[0] for id in made("ann", "k")] == ["ses", "ses", "job"]
    assert new_id("ses") != new_id("ses")


def test_what_was_done_before_is_looked_for_only_in_a_repeat() -> None:
    def load(id: str) -> str:
        if id != first:
            raise NotFound("There is none.")
        return f"stored {id}"

    first = KeyedRequest("ann", "k").nth_id("ses", 1)
    assert done_before("ses", load) is None
    with serving(KeyedRequest("ann", "k")):
        assert (done_before("ses", load), repeating()) == (None, False)
    with serving(KeyedRequest("ann", "k", repeated=True)):
        assert done_before("ses", load) == f"stored {first}"
        assert done_before("job", load) is None
        assert new_id("ses") == first


def test_a_form_is_the_same_whatever_stands_between_its_parts() -> None:
    def digest(boundary: str, content: bytes) -> str:
        kind = f"multipart/form-data; boundary={boundary}".encode()
        scope = {"method": "POST", "path": "/import", "query_string": b"", "headers": [(b"content-type", kind)]}
        mark = b"--" + boundary.encode()
        return digest_of(scope, BytesIO(mark + b"\r\n\r\n" + content + b"\r\n" + mark + b"--\r\n"))

    long = os.urandom(200_000)
    assert digest("a" * 32, long) == digest("b" * 32, long)
    assert digest("a" * 32, long) != digest("a" * 32, long[:-1] + b"x")
