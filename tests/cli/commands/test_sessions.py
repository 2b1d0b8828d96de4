"""Events are followed to the end without gap or repeat."""

import json

import pytest

from backend.bootstrap import build
from backend.cli.commands.sessions import followed
from backend.domain.sessions import Event, SessionRequest
from backend.settings import Settings
from tests.cli import samples
from tests.cli.commands.conftest import Finished
from tests.cli.conftest import Backproof


class Log:
    """A session's log that grows by one event at each wait and then ends."""

    def __init__(self, first: int, later: int) -> None:
        self.events = [samples.event("notice", {"text": str(n)}, id=n) for n in range(1, first + 1)]
        self.later = later

    def read(self, after: int) -> tuple[Event, ...]:
        return tuple(event for event in self.events if event.id > after)

    def running(self) -> bool:
        return self.later > 0

    def wait(self) -> None:
        self.later -= 1
        self.events.append(samples.event("notice", {"text": "later"}, id=len(self.events) + 1))


def test_events_that_are_written_meanwhile_are_seen_once() -> None:
    log = Log(first=2, later=3)
    assert [event.id for event in followed(log.read, log.running, log.wait)] == [1, 2, 3, 4, 5]


def test_a_session_that_has_ended_is_not_waited_for() -> None:
    log = Log(first=2, later=0)
    assert [event.id for event in followed(log.read, log.running, log.wait)] == [1, 2]


@pytest.mark.slow
def test_a_finished_session_is_listed_and_shown(backproof: Backproof, kept: Finished) -> None:
    session_id = kept.document["session_id"]
    lines = json.loads(backproof("sessions", "list", "--json").stdout)["sessions"]
    assert [line["session_id"] for line in lines] == [session_id]
    assert session_id in backproof("sessions", "list").stdout
    assert json.loads(backproof("sessions", "show", session_id, "--json").stdout) == kept.document
    assert "╭─ Verdict" in backproof("sessions", "show", session_id).stdout


@pytest.mark.slow
@pytest.mark.parametrize("options", [[], ["--follow"]])
def test_events_are_numbered_from_1_to_the_end(backproof: Backproof, kept: Finished, options: list[str]) -> None:
    session_id = kept.document["session_id"]
    events = json.loads(backproof("sessions", "events", session_id, "--json", *options).stdout)["events"]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["type"] == "session.started"
    assert events[-1]["type"] == "session.ended"
    lines = backproof("sessions", "events", session_id, *options).stdout.splitlines()
    assert len(lines) == len(events)
    assert lines[-1].endswith("ended: done")


@pytest.mark.slow
def test_resuming_a_finished_session_changes_nothing(backproof: Backproof, kept: Finished) -> None:
    ended = backproof("sessions", "resume", kept.document["session_id"], "--json")
    assert ended.code == 0
    assert json.loads(ended.stdout) == kept.document


@pytest.mark.slow
def test_a_finished_session_cannot_be_cancelled(backproof: Backproof, kept: Finished) -> None:
    ended = backproof("sessions", "cancel", kept.document["session_id"])
    assert (ended.code, ended.stdout) == (2, "")
    assert "only a running session" in ended.stderr


def test_a_session_that_lost_its_process_is_told_from_one_that_runs(backproof: Backproof) -> None:
    application = build(Settings())
    session = samples.running_session()
    application.stores.sessions.add_session(session)
    with application.locks.hold(session.session_id):
        assert " running " in backproof("sessions", "list").stdout
        assert "Running" in backproof("sessions", "show", session.session_id).stdout
    assert " interrupted " in backproof("sessions", "list").stdout
    resume = f"`backproof sessions resume {session.session_id}`"
    assert resume in backproof("sessions", "show", session.session_id).stdout
    assert backproof("sessions", "events", session.session_id, "--follow").code == 0


def test_an_interrupted_session_is_told_to_programs_and_only_resumed(backproof: Backproof) -> None:
    application = build(Settings())
    session = samples.running_session()
    application.stores.sessions.add_session(session)
    with application.locks.hold(session.session_id):
        (line,) = json.loads(backproof("sessions", "list", "--json").stdout)["sessions"]
        assert (line["status"], line["interrupted"]) == ("running", False)
    (line,) = json.loads(backproof("sessions", "list", "--json").stdout)["sessions"]
    assert (line["status"], line["interrupted"]) == ("running", True)
    shown = json.loads(backproof("sessions", "show", session.session_id, "--json").stdout)
    assert (shown["status"], shown["interrupted"]) == ("running", True)
    for command in (("sessions", "cancel", session.session_id), ("bots", "save", session.session_id, "--name", "x")):
        ended = backproof(*command)
        assert ended.code == 2
        assert ended.stderr == (
            f"Error: Session {session.session_id} was interrupted: no process runs it any more.\n"
            f"Hint: go on with `backproof sessions resume {session.session_id}`\n"
        )


def test_a_session_just_opened_is_not_called_interrupted() -> None:
    application = build(Settings())
    session = application.sessions.open(application.owner, SessionRequest(text="momentum on AAPL"), "built-in")
    assert not application.interrupted(session)


@pytest.mark.parametrize("verb", ["show", "events", "cancel", "resume"])
def test_an_unknown_session_is_not_found(backproof: Backproof, verb: str) -> None:
    ended = backproof("sessions", verb, "ses_none", "--json")
    assert ended.code == 3
    assert json.loads(ended.stdout)["error"]["type"] == "NotFound"
