"""Sessions that are stopped from outside keep what they have, say how to go on, and go on."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

from backend.domain.errors import Cancelled
from backend.domain.sessions import Event
from tests.agents.sessions import SMALL, application, command, document, small_request, stable
from tests.cli.conftest import Backproof
from tests.faults.conftest import Refused

pytestmark = pytest.mark.slow

ITERATE = ("iterate", SMALL, "--start", "2005-01-03", "--end", "2009-12-31")
INTERRUPTED = (130, -signal.SIGINT)
"""A shell shows 130 for both: an interruption within an ``exec`` makes Python end by the signal itself."""


@pytest.mark.parametrize("phase", ["started:", "data: reddit posts", "attempt 1: testing"])
def test_ctrl_c_keeps_the_session_and_says_how_to_go_on(backproof: Backproof, data_dir: Path, phase: str) -> None:
    with command(data_dir, *ITERATE, "--iterations", "40") as process:
        _read_until(process, phase)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    (session,) = _sessions(backproof)
    assert process.returncode in INTERRUPTED
    assert errors == (
        f"Cancelled; everything finished is kept; resume with `backproof sessions resume {session['session_id']}`\n"
    )
    assert session["status"] == "cancelled"


def test_ctrl_c_before_the_session_is_one_word(data_dir: Path) -> None:
    with command(data_dir, "demo") as process:
        _read_until(process, "Backproof demo")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode in INTERRUPTED
    assert "Traceback" not in errors


@pytest.mark.parametrize("last", ["attempt.analysed", "verdict.reached"])
def test_an_interrupted_conclusion_ends_the_same_when_resumed(tmp_path: Path, last: str) -> None:
    def interrupt(event: Event) -> None:
        if event.type == last and event.data.get("n", 3) == 3:
            raise KeyboardInterrupt

    undisturbed = application(tmp_path / "undisturbed")
    expected = undisturbed.runner.run(undisturbed.sessions.open("local", small_request(), "built-in"))

    app = application(tmp_path / "interrupted")
    app.sessions.listen(interrupt)
    session = app.sessions.open(app.owner, small_request(), "built-in")
    with pytest.raises(KeyboardInterrupt):
        app.runner.run(session)
    stopped = app.sessions.load(app.owner, session.session_id)
    # once the verdict is stored the session is done, and an interruption does not take that back
    assert stopped.status == ("done" if last == "verdict.reached" else "cancelled")

    fresh = application(tmp_path / "interrupted")
    ended = fresh.runner.run(session)
    assert stable(document(fresh, ended)) == stable(document(undisturbed, expected))
    assert len(fresh.stores.ledger.list_openings(fresh.owner)) == (1 if ended.holdout else 0)
    assert [event.type for event in fresh.sessions.events(fresh.owner, session.session_id)][-1] == "session.ended"


def test_a_session_is_cancelled_from_elsewhere_and_resumed_by_one_process_only(
    backproof: Backproof, refused: Refused, data_dir: Path
) -> None:
    with command(data_dir, *ITERATE, "--iterations", "200") as process:
        _read_until(process, "attempt 1: diagnosis")
        session_id = _sessions(backproof)[0]["session_id"]
        assert backproof("sessions", "cancel", session_id).code == 0
        begun = len(_attempts(backproof, session_id))
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"resume with `backproof sessions resume {session_id}`" in errors
    kept = _attempts(backproof, session_id)
    assert 1 <= len(kept) <= begun + 1  # whatever was at work when it was asked to stop

    with command(data_dir, "sessions", "resume", session_id) as process:
        _read_until(process, f"attempt {len(kept) + 2}: testing")
        process.send_signal(signal.SIGSTOP)  # it holds the session, and cannot end it meanwhile
        sentence, hint = refused(2, "sessions", "resume", session_id)
        assert "is being run by another process" in sentence
        assert f"backproof sessions cancel {session_id}" in hint
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=60)
    assert process.returncode in INTERRUPTED
    after = _attempts(backproof, session_id)
    assert len(after) > len(kept)
    whole = len(kept) - 1  # the last one may have been stopped before it was analysed
    assert after[:whole] == kept[:whole]


def test_a_new_session_may_be_cancelled_before_it_has_begun(tmp_path: Path) -> None:
    app = application(tmp_path)
    session = app.sessions.open(app.owner, small_request(), "built-in")
    app.sessions.cancel(app.owner, session.session_id)
    with pytest.raises(Cancelled, match="was cancelled"):
        app.runner.run(session)
    assert app.sessions.load(app.owner, session.session_id).status == "cancelled"
    assert app.runner.run(session).status == "done"


def test_output_that_nobody_reads_ends_in_one_line(backproof: Backproof, data_dir: Path) -> None:
    with command(data_dir, *ITERATE, "--iterations", "20") as process:
        _read_until(process, "started:")
        _stream(process.stdout).close()  # as `| head -1` does
        errors = _stream(process.stderr).read()
        process.wait(timeout=60)
    assert process.returncode == 130
    assert errors.count("\n") == 1
    assert "Cancelled; everything finished is kept" in errors
    assert _sessions(backproof)[0]["status"] == "cancelled"


@pytest.mark.parametrize("arguments", [("language",), ("language", "--json"), ("sessions", "list", "--json")])
def test_no_command_minds_a_closed_pipe_or_a_full_disk(data_dir: Path, arguments: tuple[str, ...]) -> None:
    program = [sys.executable, "-m", "backend.cli", *arguments]
    with command(data_dir, *arguments) as process:
        _stream(process.stdout).close()
        errors = _stream(process.stderr).read()
        process.wait(timeout=60)
    assert process.returncode in (1, 130)
    assert errors == ""
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert told.returncode == 5
    assert told.stderr.startswith("Error: The output cannot be written (No space left on device).\nHint: ")
    assert "Traceback" not in told.stderr


def _read_until(process: "subprocess.Popen[str]", beginning: str) -> None:
    for line in _stream(process.stdout):
        if line.startswith(beginning):
            return
    pytest.fail(f"{beginning} was never said: {_stream(process.stderr).read()}")


def _stream(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def _sessions(backproof: Backproof) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(backproof("sessions", "list", "--json").stdout)["sessions"]
    return found


def _attempts(backproof: Backproof, session_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(backproof("sessions", "show", session_id, "--json").stdout)["attempts"]
    return found
