"""Bots over HTTP: saved with their data, shown, verified and deleted."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.domain.errors import InvalidInput, NotFound
from tests.agents.sessions import plain_request, run
from tests.api.bots.conftest import Saved
from tests.api.serving import service
from tests.cli.conftest import Backproof, backproof

__all__ = ["backproof"]

pytestmark = pytest.mark.slow


@pytest.fixture
def beside(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> Saved:
    """Commands run by the test see the store of the service."""
    monkeypatch.setenv("BACKPROOF_DATA_DIR", str(saved.served.accounts.settings.data_dir))
    return saved


@pytest.fixture
def own(saved: Saved, tmp_path: Path) -> Saved:
    """A copy of it for a test that changes it."""
    shutil.copytree(saved.served.accounts.settings.data_dir, tmp_path / "own")
    served = service(tmp_path / "own")
    return Saved(served, served.client(), saved.session_id, saved.bot)


def test_every_document_is_that_of_the_command_line(beside: Saved, backproof: Backproof) -> None:
    bot_id = beside.bot["bot_id"]
    shown = backproof("bots", "show", bot_id, "--json")
    assert json.dumps(json.loads(beside.client.get(beside.path).text)) == json.dumps(json.loads(shown.stdout))
    listed = json.loads(backproof("bots", "list", "--json").stdout)
    assert beside.client.get("bots").json() == listed | {"next": None}
    verified = json.loads(backproof("bots", "verify", bot_id, "--json").stdout)
    assert beside.client.post(f"{beside.path}/verify").json() == verified
    assert verified["outcome"] == "reproduced"


def test_it_is_saved_with_all_that_reproduces_it(saved: Saved) -> None:
    session = saved.client.get(f"sessions/{saved.session_id}").json()
    assert session["bot_id"] == saved.bot["bot_id"]
    for name in ("verdict", "periods", "data_hash", "engine_version", "execution", "datasets"):
        assert saved.bot[name] == session[name]
    assert saved.bot["attempt_id"] == session["chosen"]
    assert (saved.bot["changed"], saved.bot["changes"]) == (False, [])
    assert saved.client.get(saved.path).json() == saved.bot
    snapshot = saved.served.accounts.service.stores.bots.load_snapshot("local", saved.bot["bars_snapshots"][0])
    assert snapshot.symbol == "AAPL"


def test_its_datasets_are_shown_session_by_session(saved: Saved) -> None:
    [link] = saved.bot["datasets"]
    [listed] = saved.client.get(f"{saved.path}/datasets").json()["datasets"]
    assert "data" not in listed
    assert (listed["id"], listed["content_hash"]) == (link["id"], link["content_hash"])
    assert sum(run["sessions"] for run in listed["coverage_runs"]) == link["total_days"]
    [whole] = saved.client.get(f"{saved.path}/datasets?data=true").json()["datasets"]
    assert len(whole["data"]) == link["total_days"]
    assert sum(day["posts"] > 0 for day in whole["data"].values()) == link["days_with_data"]
    used = saved.client.get(f"datasets/{link['id']}?data=true").json()
    assert (used["data"], used["bots"]) == (whole["data"], [saved.bot["bot_id"]])
    [line] = saved.client.get("datasets").json()["datasets"]
    assert line == link | {"bots": [saved.bot["bot_id"]], "sessions": []}


def test_a_record_of_a_session_is_that_of_the_dataset_manager(saved: Saved) -> None:
    [link] = saved.bot["datasets"]
    data = saved.client.get(f"datasets/{link['id']}?data=true").json()["data"]
    application = saved.served.accounts.service
    for day in list(data)[::200]:
        kept = application.datasets.get_sentiment_for_date("local", "AAPL", "reddit", date.fromisoformat(day))
        assert kept is not None
        assert data[day] == kept.model_dump(mode="json")


def test_only_the_chosen_attempt_may_be_meant(saved: Saved) -> None:
    attempts = saved.client.get(f"sessions/{saved.session_id}").json()["attempts"]
    other = next(a["attempt_id"] for a in attempts if a["attempt_id"] != saved.bot["attempt_id"])
    body = {"session_id": saved.session_id, "name": "other"}
    before = saved.client.get("bots").content
    assert saved.client.post("bots", json=body | {"attempt_id": other}).status_code == 409  # saved before
    application = saved.served.accounts.service
    session = application.sessions.load("local", saved.session_id).model_copy(update={"bot_id": None})
    tried = application.sessions.attempts(session)
    with pytest.raises(InvalidInput, match="was not judged on the hold-out") as refused:
        application.bots.save(session, tried, "other", other)
    assert saved.bot["attempt_id"] in refused.value.hint
    with pytest.raises(NotFound, match='has no attempt "att_none"'):
        application.bots.save(session, tried, "other", "att_none")
    assert saved.client.get("bots").content == before


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"name": "x"}, 422, "session_id"),
        ({"session_id": "ses_none", "name": "x"}, 404, 'There is no session "ses_none".'),
        ({"session_id": "' or 1=1 --", "name": "x"}, 404, "There is no session"),
        ({"session_id": 5, "name": "x"}, 422, "session_id"),
        ({"session_id": "x", "name": ""}, 422, "name"),
        ({"session_id": "x", "name": "n" * 81}, 422, "name"),
        ({"session_id": "x", "name": "n", "more": 1}, 422, "more"),
        ([], 422, ""),
    ],
)
def test_what_cannot_be_saved_is_refused(saved: Saved, body: Any, status: int, detail: str) -> None:
    answer = saved.client.post("bots", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert detail in answer.json()["detail"]


def test_a_name_is_used_once_and_means_something(own: Saved) -> None:
    session = run(own.served.accounts.service, plain_request())
    for name, status in (("first", 409), ("   ", 422), ("\u200b\u202e", 422), ("second", 201), ("third", 409)):
        assert own.client.post("bots", json={"session_id": session.session_id, "name": name}).status_code == status
    newest = own.client.get("bots?limit=1").json()
    older = own.client.get("bots", params={"cursor": newest["next"]}).json()
    assert [bot["name"] for bot in newest["bots"] + older["bots"]] == ["second", "first"]


def test_a_session_that_is_not_done_cannot_be_kept(own: Saved) -> None:
    opened = own.client.post("sessions", json={"request": "momentum on AAPL"}).json()
    answer = own.client.post("bots", json={"session_id": opened["session_id"], "name": "early"})
    assert answer.status_code == 409


def test_a_deleted_bot_leaves_session_and_datasets(own: Saved) -> None:
    gone = own.client.delete(own.path, headers={"Idempotency-Key": "away"})
    kept = {"session_id": own.session_id, "datasets": [link["id"] for link in own.bot["datasets"]]}
    assert (gone.status_code, gone.json()) == (200, {"deleted": own.bot["bot_id"], "kept": kept})
    assert own.client.delete(own.path, headers={"Idempotency-Key": "away"}).content == gone.content
    assert [own.client.get(own.path).status_code, own.client.delete(own.path).status_code] == [404, 404]
    assert own.client.get(f"datasets/{kept['datasets'][0]}").json()["bots"] == []
    again = own.client.post("bots", json={"session_id": own.session_id, "name": "first"})
    assert again.status_code == 201


@pytest.mark.parametrize("path", ["", "/datasets", "/verify"])
@pytest.mark.parametrize("bot_id", ["bot_none", "..%2fx", "'--"])
def test_an_unknown_bot_is_not_found(saved: Saved, bot_id: str, path: str) -> None:
    method = saved.client.post if path == "/verify" else saved.client.get
    assert method(f"bots/{bot_id}{path}").status_code == 404


def test_another_user_sees_nothing_of_it(saved: Saved) -> None:
    stranger = saved.served.accounts.acting_for("stranger")
    assert (stranger.bots.list("stranger"), stranger.inventory.datasets("stranger")) == ((), ())
    for read in (stranger.bots.load, stranger.bots.delete, stranger.verification.verify):
        with pytest.raises(NotFound, match="There is no bot"):
            read("stranger", saved.bot["bot_id"])
    with pytest.raises(NotFound, match="There is no dataset"):
        stranger.inventory.dataset("stranger", saved.bot["datasets"][0]["id"])
