"""A session stops at every node when somebody asks for it, whatever it waits for."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest

from backend.agents.cancelling import CancelFlag
from backend.agents.graph import NODES
from backend.agents.nodes.node import Node, Update
from backend.agents.state import SessionState
from backend.bootstrap import Application
from backend.domain.errors import Cancelled, DataUnavailable
from backend.domain.sessions import Event
from tests.agents.llm_sessions.runs import asking, calls_of, llm_request
from tests.agents.sessions import PLAIN, application, plain_request, small_request
from tests.servers.openai_server import OpenAIServer
from tests.servers.openai_server_faults import no_answer


def test_the_store_is_asked_now_and_then_and_a_wish_is_not_forgotten() -> None:
    moments, wishes = iter([0.0, 0.0, 0.01, 0.06, 0.06, 9.0]), iter([False, True])
    flag = CancelFlag("ses_1", lambda: next(wishes), lambda: next(moments))
    assert [flag.requested() for _ in range(4)] == [False, False, True, True]


def test_work_that_is_waited_for_gives_its_result_or_its_error() -> None:
    flag = CancelFlag("ses_1", lambda: False, lambda: 0.0)
    assert flag.waiting_for(lambda: 42) == 42

    def failing() -> None:
        raise DataUnavailable("There are no bars.")

    with pytest.raises(DataUnavailable, match="no bars"):
        flag.waiting_for(failing)


def test_work_that_hangs_is_given_up_and_hears_of_it() -> None:
    begun, given_up = Signal(), Signal()
    flag = CancelFlag("ses_1", begun.is_set, iter(range(10**6)).__next__)

    def hanging() -> None:
        begun.set()
        given_up.wait(60)

    with pytest.raises(Cancelled):
        flag.waiting_for(hanging)
    assert flag.requested()
    given_up.set()


@pytest.mark.slow
@pytest.mark.parametrize("node", [node for node in NODES if node.name != "conclude"], ids=lambda node: node.name)
def test_a_wish_during_a_node_is_heard_in_it_or_at_the_next(
    node: type[Node], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = application(tmp_path)
    session = app.sessions.open(app.owner, plain_request(iterations=2), "built-in")
    heard: list[str] = []
    for other in NODES:
        monkeypatch.setattr(other, "work", noting(other, heard))
    work = node.work

    def cancel_and_work(self: Node, state: SessionState) -> Update:
        app.sessions.cancel(app.owner, session.session_id)
        return work(self, state)

    monkeypatch.setattr(node, "work", cancel_and_work)
    with pytest.raises(Cancelled):
        app.runner.run(session)
    assert heard[-1] == node.name
    assert app.sessions.load(app.owner, session.session_id).status == "cancelled"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["attempt.analysed", "goal.understood"])
def test_a_long_conclusion_or_fetch_hears_of_it(kind: str, tmp_path: Path) -> None:
    """The wish comes while nodes work, after the last one that could have asked at its start."""
    app = application(tmp_path)
    session = app.sessions.open(app.owner, small_request(iterations=1), "built-in")

    def cancel(event: Event) -> None:
        if event.type == kind:
            app.sessions.cancel(app.owner, session.session_id)

    with app.sessions.listening(cancel), pytest.raises(Cancelled):
        app.runner.run(session)
    assert app.sessions.load(app.owner, session.session_id).status == "cancelled"


@pytest.mark.slow
def test_a_model_that_never_answers_keeps_nobody(tmp_path: Path, openai_server: OpenAIServer) -> None:
    app = asking(tmp_path, openai_server)
    openai_server.fail_always(no_answer)
    session = app.open_session(llm_request(text=PLAIN))
    with cancelling(app, session.session_id, openai_server.holding), pytest.raises(Cancelled):
        app.runner.run(session)
    stopped = app.sessions.load(app.owner, session.session_id)
    assert stopped.status == "cancelled"
    assert calls_of(app, stopped)
    assert stopped.usage.calls == len(calls_of(app, stopped))


@pytest.mark.slow
def test_a_source_that_never_answers_keeps_nobody(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = application(tmp_path, prices="yfinance", yahoo_url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        session = app.sessions.open(app.owner, plain_request(), "built-in")
        asked = Signal()
        with (
            listening_in(silent, asked),
            cancelling(app, session.session_id, asked),
            pytest.raises(Cancelled),
        ):
            app.runner.run(session)
    assert app.sessions.load(app.owner, session.session_id).status == "cancelled"


@contextmanager
def cancelling(app: Application, session_id: str, when: Signal) -> Iterator[None]:
    """Cancel the session from another thread as soon as ``when`` is set."""

    def cancel() -> None:
        assert when.wait(60)
        app.sessions.cancel(app.owner, session_id)

    thread = Thread(target=cancel)
    thread.start()
    try:
        yield
    finally:
        thread.join()


@contextmanager
def listening_in(server: socket.socket, asked: Signal) -> Iterator[None]:
    """Take the first connection, say nothing, and leave at the end."""
    taken: list[socket.socket] = []

    def take() -> None:
        taken.append(server.accept()[0])
        asked.set()

    thread = Thread(target=take)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        taken[0].close()


def noting(node: type[Node], heard: list[str]) -> Any:
    """The work of a node, with its name noted."""
    work = node.work

    def note_and_work(self: Node, state: SessionState) -> Update:
        heard.append(node.name)
        return work(self, state)

    return note_and_work
