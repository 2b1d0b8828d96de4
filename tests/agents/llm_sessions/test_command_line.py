"""A model that fails, seen from the command line: what is said, the exit code, and how to go on afterwards."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.agents.llm_sessions.runs import LABEL
from tests.agents.sessions import SMALL
from tests.cli.conftest import Backproof, Ended
from tests.servers import openai_server_faults as faults
from tests.servers.openai_server import KEY, OpenAIServer

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("asked_at_the_command_line")]

PERIOD = ("--start", "2005-01-03", "--end", "2009-12-31", "--iterations", "3", "--json")
OUT = faults.status(503)


@pytest.fixture
def asked_at_the_command_line(
    openai_server: OpenAIServer, shared_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands of the test ask the local server, as a user's environment would have it."""
    settings = {"DATA_DIR": str(shared_folder), "MODEL": LABEL, "MODEL_RETRIES": "0"}
    for name, value in (settings | {"MODEL_PRICES": f"{LABEL}=2/8"}).items():
        monkeypatch.setenv(f"BACKPROOF_{name}", value)
    for name, value in openai_server.environment.items():
        monkeypatch.setenv(name, value)


def begin(backproof: Backproof, strategist: str, *options: str) -> Ended:
    ended = backproof("iterate", SMALL, "--strategist", strategist, *PERIOD, *options)
    assert KEY not in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    return ended


def shown(backproof: Backproof, session_id: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(backproof("sessions", "show", session_id, "--json").stdout)
    return document


def latest(backproof: Backproof) -> str:
    """The id of the session that was begun last."""
    return str(json.loads(backproof("sessions", "list", "--json").stdout)["sessions"][0]["session_id"])


def test_search_finishes_when_both_were_asked_for(openai_server: OpenAIServer, backproof: Backproof) -> None:
    openai_server.fail_from(1, OUT)
    ended = begin(backproof, "both")
    assert ended.code == 0, ended.stderr
    document = json.loads(ended.stdout)
    assert document["status"] == "done"
    assert document["verdict"]
    assert {attempt["author"] for attempt in document["attempts"]} == {"builtin"}
    assert len(document["attempts"]) == 3
    assert any("built-in search" in notice for notice in document["notices"])
    assert "built-in search" in ended.stderr
    assert len(openai_server.requests) == 1


def test_a_session_of_a_model_alone_waits_for_it(openai_server: OpenAIServer, backproof: Backproof) -> None:
    openai_server.fail_from(3, OUT)
    ended = begin(backproof, "llm")
    assert ended.code == 5
    assert "(503)" in ended.stderr
    session_id = latest(backproof)
    assert f"backproof sessions resume {session_id}" in ended.stderr
    document = shown(backproof, session_id)
    assert (document["status"], len(document["attempts"])) == ("failed", 1)
    assert "(503)" in document["failed_reason"]
    assert document["usage"]["tokens_in"] == openai_server.usage.input
    openai_server.fail_always(None)
    resumed = backproof("sessions", "resume", session_id, "--json")
    assert resumed.code == 0, resumed.stderr
    document = json.loads(resumed.stdout)
    assert (document["status"], len(document["attempts"])) == ("done", 3)
    assert document["usage"]["tokens_in"] == openai_server.usage.input
    assert document["usage"]["tokens_out"] == openai_server.usage.output


@pytest.mark.parametrize(("status", "setting"), [(401, "OPENAI_API_KEY"), (404, "BACKPROOF_MODEL")])
def test_a_refused_key_or_model_is_said_with_its_setting(
    openai_server: OpenAIServer, backproof: Backproof, status: int, setting: str
) -> None:
    openai_server.fail_always(faults.status(status))
    ended = begin(backproof, "llm")
    assert ended.code == 5
    assert setting in ended.stderr
    assert len(openai_server.requests) == 1


def test_a_budget_for_no_call_is_an_end_of_its_own(openai_server: OpenAIServer, backproof: Backproof) -> None:
    ended = begin(backproof, "llm", "--budget-tokens", "100")
    assert ended.code == 6
    assert openai_server.requests == []
    session_id = latest(backproof)
    assert shown(backproof, session_id)["status"] == "failed"
    assert f"backproof sessions resume {session_id} --budget-tokens" in ended.stderr
    resumed = backproof("sessions", "resume", session_id, "--budget-tokens", "1000000", "--json")
    assert resumed.code == 0, resumed.stderr
    document = json.loads(resumed.stdout)
    assert document["status"] == "done"
    assert document["usage"]["tokens_in"] == openai_server.usage.input


def test_a_budget_that_ends_on_the_way_concludes_on_what_there_is(
    openai_server: OpenAIServer, backproof: Backproof
) -> None:
    ended = begin(backproof, "llm", "--seed", "3", "--budget-tokens", "26000")
    assert ended.code == 0, ended.stderr
    document = json.loads(ended.stdout)
    assert document["status"] == "done"
    assert document["verdict"]
    assert len(document["attempts"]) == 1
    assert any("Ended after 1 of 3 attempts" in notice for notice in document["notices"])
    assert openai_server.billed.total <= 26_000


def test_a_server_that_bills_more_than_it_was_allowed_is_asked_no_more(
    openai_server: OpenAIServer, backproof: Backproof
) -> None:
    """Ten times its longest reply, 80,000 tokens at 8 dollars a million, is more than the 20 cents of the session."""
    openai_server.fail_always(faults.ten_times_too_long)
    ended = begin(backproof, "llm", "--seed", "4", "--budget-usd", "0.2")
    assert ended.code == 6
    assert len(openai_server.requests) == 1
    spent = shown(backproof, latest(backproof))["usage"]
    assert spent["usd"] > 0.6
    assert spent["tokens_out"] == openai_server.usage.output


def test_replies_of_no_use_end_with_words(openai_server: OpenAIServer, backproof: Backproof) -> None:
    openai_server.fail_always(faults.not_json)
    ended = begin(backproof, "llm")
    assert ended.code == 5
    assert "Ended before anything was tested" in ended.stderr
    assert [attempt["spec"] for attempt in shown(backproof, latest(backproof))["attempts"]] == [None] * 3
