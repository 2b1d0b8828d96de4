"""A session is watched while it runs; its end decides the exit code, and nothing finished is lost."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import typer

from backend.cli.output import Output
from backend.cli.running import run_and_show
from backend.domain.conversation import Stop, Turn
from backend.domain.errors import BackproofError, Cancelled, Conflict, DataUnavailable
from backend.domain.models import Budget
from backend.domain.sessions import Attempt, Session, SessionRequest, Status
from backend.services.sessions import Sessions
from backend.stores import FileLocks, Stores, open_database
from tests.cli import samples

if TYPE_CHECKING:
    from backend.bootstrap import Application

Step = Callable[[Session], Session]


@dataclass
class Runner:
    """Runs a session by a step of the test."""

    step: Step

    def run(self, session: Session, _budget: Budget | None = None) -> Session:
        return self.step(session)


@dataclass
class Bots:
    """Keeps a session by naming a bot on it, or refuses."""

    sessions: Sessions
    trouble: BackproofError | None = None

    def save(self, session: Session, _attempts: tuple[Attempt, ...], name: str) -> None:
        if self.trouble:
            raise self.trouble
        self.sessions.save(session.model_copy(update={"bot_id": f"bot_{name}"}))


@dataclass
class House:
    """An application with real sessions in a real store, and a runner of the test's choosing."""

    sessions: Sessions
    runner: Runner
    bots: Bots
    locks: FileLocks
    owner: str = "local"
    opened: list[Session] = field(default_factory=list)

    def interrupted(self, _session: Session) -> bool:
        """Sessions of the test lose no process."""
        return False

    def begin(self, save_as: str | None = None, *, as_json: bool = False) -> int | None:
        """Open and run a session; returns the exit code."""
        request = SessionRequest(text="momentum on AAPL", seed=7)
        session = self.sessions.open(self.owner, request, "built-in")
        self.opened.append(session)
        with pytest.raises(typer.Exit) as ended:
            run_and_show(cast("Application", self), session, Output(as_json=as_json), save_as=save_as)
        return ended.value.exit_code


@pytest.fixture
def house(tmp_path: Path) -> House:
    stores = Stores.over(open_database(f"sqlite:///{tmp_path / 'store.sqlite'}", 5.0))
    sessions = Sessions(stores.sessions, lambda: samples.NOON, lambda prefix: f"{prefix}_1f0c9a2b7d43")

    def end(session: Session) -> Session:
        sessions.log(session, "notice.0", "notice", {"text": samples.SYNTHETIC})
        return _ended(sessions, session, "done")

    return House(sessions, Runner(end), Bots(sessions), FileLocks(tmp_path / "locks"))


def _ended(sessions: Sessions, session: Session, status: Status, **changes: Any) -> Session:
    sessions.log(session, "ended", "session.ended", {"status": status})
    return sessions.save(session.model_copy(update={"status": status, **changes}))


def test_a_session_that_is_done_exits_with_0(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert house.begin() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["started: momentum on AAPL", f"notice: {samples.SYNTHETIC}", "ended: done"]


def test_a_session_that_its_budget_ended_says_how_to_go_on(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    stop = Stop(step="0002.supervise", kind="backtests", message="the budget of 90 backtests is spent.")
    house.runner.step = lambda session: _ended(house.sessions, session, "done", stops=(stop,))
    assert house.begin() == 0
    assert "backproof chat ses_1f0c9a2b7d43 --budget-backtests N" in capsys.readouterr().out


def test_a_budget_that_ended_an_earlier_turn_is_no_advice(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    stop = Stop(step="0002.supervise", kind="backtests", message="the budget of 90 backtests is spent.")
    later = Turn(n=2, kind="refinement", text="less drawdown", at=samples.NOON, first_attempt=3, iterations=2)
    house.runner.step = lambda session: _ended(
        house.sessions, session, "done", stops=(stop,), turns=(*session.turns, later)
    )
    assert house.begin() == 0
    assert "--budget-backtests" not in capsys.readouterr().out


def test_with_json_progress_goes_to_standard_error(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert house.begin(as_json=True) == 0
    streams = capsys.readouterr()
    assert json.loads(streams.out)["status"] == "done"
    assert streams.err.splitlines()[0] == "started: momentum on AAPL"


def test_on_a_terminal_the_live_view_gives_way_to_the_report(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "90")
    assert house.begin() == 0
    shown = capsys.readouterr().out
    assert "\x1b[" in shown
    assert "started: momentum" not in shown
    assert "built-in" in shown


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), Cancelled("Session was cancelled.")])
def test_an_interruption_says_how_to_go_on(house: House, interruption: BaseException) -> None:
    house.runner.step = _raising(interruption)
    session = house.sessions.open(house.owner, SessionRequest(text="momentum on AAPL"), "built-in")
    with pytest.raises(Cancelled) as cancelled:
        run_and_show(cast("Application", house), session, Output(as_json=False))
    assert cancelled.value.hint == "resume with `backproof sessions resume ses_1f0c9a2b7d43`"


def test_an_interrupted_session_is_a_document_too(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(session: Session) -> Session:
        _ended(house.sessions, session, "cancelled")
        raise KeyboardInterrupt

    house.runner.step = interrupted
    assert house.begin(as_json=True) == 130
    streams = capsys.readouterr()
    assert json.loads(streams.out)["status"] == "cancelled"
    assert "everything finished is kept; resume with" in streams.err


def test_a_question_is_shown_and_exits_with_2(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.runner.step = lambda session: _ended(house.sessions, session, "needs_input", question="Which symbols?")
    assert house.begin() == 2
    assert "Which symbols?" in capsys.readouterr().out
    other = Sessions(house.sessions._store, lambda: samples.NOON, lambda prefix: f"{prefix}_2")
    house.sessions = house.bots.sessions = other
    assert house.begin(as_json=True) == 2
    assert json.loads(capsys.readouterr().out)["question"] == "Which symbols?"


def test_an_error_is_left_to_the_border(house: House) -> None:
    house.runner.step = _raising(DataUnavailable("No source has ZZZ."))
    session = house.sessions.open(house.owner, SessionRequest(text="momentum on ZZZ"), "built-in")
    with pytest.raises(DataUnavailable):
        run_and_show(cast("Application", house), session, Output(as_json=False))


@pytest.mark.parametrize(("elsewhere", "status"), [(True, "running"), (False, "failed")])
def test_a_session_that_another_process_runs_goes_on_there(house: House, *, elsewhere: bool, status: Status) -> None:
    """Refused a session that nobody runs, a command says that it failed; otherwise its status is not ours to change."""
    session = house.sessions.open(house.owner, SessionRequest(text="momentum on AAPL"), "built-in")
    house.runner.step = _raising(Conflict("Session ses_1f0c9a2b7d43 is run by somebody."))
    held = house.locks.hold(session.session_id) if elsewhere else nullcontext()
    with held, pytest.raises(Conflict):
        run_and_show(cast("Application", house), session, Output(as_json=False))
    assert house.sessions.load(house.owner, session.session_id).status == status


def test_a_session_is_kept_as_a_bot_when_asked(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert house.begin(save_as="first", as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["bot_id"] == "bot_first"


def test_the_report_is_shown_even_if_keeping_it_fails(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.bots.trouble = Conflict('There is a bot called "first".')
    assert house.begin(save_as="first", as_json=True) == 2
    streams = capsys.readouterr()
    assert json.loads(streams.out)["bot_id"] is None
    assert 'Error: There is a bot called "first".' in streams.err


def _raising(error: BaseException) -> Step:
    def step(_: Session) -> Session:
        raise error

    return step
