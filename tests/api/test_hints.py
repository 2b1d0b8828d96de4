"""Hints over HTTP: no command of the command line, and requests that there are."""

import re

import pytest
from starlette.testclient import TestClient

from backend.api.hints import REQUESTS, over_http
from backend.api.paths import PREFIX
from tests.api.described import description
from tests.api.serving import Service
from tests.api.stories import PLAIN
from tests.domain.test_commands import texts

MARKED = re.compile(r": `backproof ([a-z]+ [\w-]+)")
OF_THE_MACHINE = {"data migrate", "collect --symbols"}
"""Commands for whoever runs the server; nothing is sent for them."""


def test_every_request_that_hints_name_is_an_operation() -> None:
    paths = description()["paths"]
    there = {f"{method.upper()} {re.sub(r'{.*?}', '{}', path)}" for path in paths for method in paths[path]}
    assert {request.replace(" ", f" {PREFIX}", 1) for request in REQUESTS.values()} <= there


def test_every_command_in_a_hint_is_said_over_http_or_left_out_knowingly() -> None:
    named = {command for _, _, text in texts() for command in MARKED.findall(text)}
    assert named - OF_THE_MACHINE <= REQUESTS.keys()


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        (
            "resume it: `backproof sessions resume ses_1 --budget-usd 5`",
            f"resume it: `POST {PREFIX}/sessions/ses_1/resume`",
        ),
        ("leave it out: `--without reddit`; or wait", "leave it out; or wait"),
        ("bring it up to date: `backproof data migrate`", "bring it up to date"),
        ('did you mean "ses_1"?', 'did you mean "ses_1"?'),
        ("look at it: `backproof bots show`", "look at it"),
        ("look: `backproof`", "look"),
    ],
)
def test_a_hint_tells_what_to_send(hint: str, told: str) -> None:
    assert over_http(hint) == told


def test_unknown_ids_and_wrong_moments_are_answered_with_requests(served: Service, client: TestClient) -> None:
    listed = {"sessions": "sessions", "backtest": "backtest", "bots": "bots", "strategies": "strategies"}
    listed |= {"backtest/batch": "backtest/batch"}
    for noun, path in listed.items():
        hint = client.get(f"{noun}/none").json()["hint"]
        assert hint == f"list those there are: `GET {PREFIX}/{path}`", noun
    assert client.delete("tokens/none").json()["hint"] == f"list those there are: `GET {PREFIX}/tokens`"
    session_id = client.post("sessions", json=PLAIN).json()["session_id"]
    early = client.post("bots", json={"session_id": session_id, "name": "early"})
    assert early.json()["hint"] == f"resume it: `POST {PREFIX}/sessions/{session_id}/resume`"
    assert served.work_off() == 1
    late = client.post(f"sessions/{session_id}/cancel")
    assert late.json()["hint"] == f"look at it: `GET {PREFIX}/sessions/{session_id}`"


def test_an_id_that_looks_like_a_command_is_not_found_either(client: TestClient) -> None:
    for noun, verb in (("bots", "show"), ("sessions", "resume")):
        assert client.get(f"{noun}/x: `backproof {noun} {verb}`").status_code == 404


def test_what_an_import_refuses_is_told_without_options(client: TestClient) -> None:
    halved = ["OWN,2012-08-13,80,80,80,80,1", "OWN,2012-08-14,40,40,40,40,1"]
    whole, words = "TWO,2012-08-13,80,80,80,80,1", "if it was a real move, accept the jumps"
    for lines, status in ((halved, 422), ([*halved, whole], 200)):
        table = "\n".join(["symbol,date,open,high,low,close,volume", *lines])
        answer = client.post("data/import", data={"kind": "prices"}, files={"file": ("own.csv", table)})
        assert answer.status_code == status
        told = answer.json()
        assert words in (told["detail"] if status == 422 else told["refused"][0]["reason"])
        assert "--accept" not in answer.text
