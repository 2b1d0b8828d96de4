"""A session with a model that is killed at any node ends as if nothing had happened, and no reply is paid for twice."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.agents.graph import NODES
from backend.agents.nodes.node import Node, Update
from backend.agents.state import SessionState
from backend.domain.sessions import Session
from tests.agents.llm_sessions.runs import LABEL, asking, calls_of, llm_request, spent
from tests.agents.sessions import PLAIN, application, command, document, plain_request, run, stable
from tests.servers.openai_replies import scripted_model
from tests.servers.openai_server import OpenAIServer
from tests.servers.openai_server_faults import no_answer

pytestmark = pytest.mark.slow

PERIOD = ("--start", "2005-01-03", "--end", "2009-12-31")
ITERATE = ("iterate", PLAIN, *PERIOD, "--iterations", "3", "--strategist", "llm", "--json")

SEVERAL_TIMES = ("propose", "backtest", "analyse", "supervise")
"""Nodes that run once an iteration."""


class Killed(BaseException):
    """What a kill leaves: nobody tidies up, nothing is recorded, the locks are gone."""


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    """One for all: its address is part of a session."""
    with OpenAIServer(scripted_model) as started:
        yield started


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store has the data already."""
    folder = tmp_path_factory.mktemp("stocked")
    run(application(folder), plain_request(iterations=1))
    return folder


@pytest.fixture(scope="module")
def undisturbed(
    stocked: Path, server: OpenAIServer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], int]:
    """The document of a session left alone, and how many replies it took."""
    app = asking(copied(stocked, tmp_path_factory.mktemp("undisturbed")), server)
    session = app.runner.run(app.open_session(llm_request(text=PLAIN)))
    return document(app, session), server.completions


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.name)
def test_a_node_whose_process_died_after_its_work_runs_again(
    node: type[Node],
    undisturbed: tuple[dict[str, Any], int],
    stocked: Path,
    server: OpenAIServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The worst moment: everything that the node writes is written, and no checkpoint says so."""
    expected, completions = undisturbed
    before = server.completions
    app = asking(copied(stocked, tmp_path), server)
    session = app.open_session(llm_request(text=PLAIN))
    with monkeypatch.context() as patched:
        patched.setattr(node, "work", dying(node))
        with pytest.raises(Killed):
            app.runner.run(session)
    assert app.sessions.load(app.owner, session.session_id).status in ("running", "done")
    fresh = asking(app.settings.data_dir, server)
    ended = fresh.runner.run(session)
    assert stable(document(fresh, ended)) == stable(expected)
    assert server.completions - before == ended.usage.calls == completions
    assert_paid(fresh, ended)


def test_a_session_killed_while_its_model_answers_counts_that_call_in_full(
    undisturbed: tuple[dict[str, Any], int], stocked: Path, server: OpenAIServer, tmp_path: Path
) -> None:
    """The second proposal never came; what it may have cost stays reserved, and it is asked for again."""
    expected, completions = undisturbed
    folder = copied(stocked, tmp_path)
    server.fail_at({len(server.requests) + 3: no_answer})
    process = command(folder, *ITERATE, environment=server.environment | {"BACKPROOF_MODEL": LABEL})
    assert server.holding.wait(60)
    process.kill()
    process.communicate()
    server.released.set()
    app = asking(folder, server)
    (newest, *_) = app.sessions.lines(app.owner, 2)
    ended = app.runner.run(app.sessions.load(app.owner, newest.session_id))
    assert stable(document(app, ended)) == stable(expected)
    calls = calls_of(app, ended)
    assert [call.status for call in calls].count("reserved") == 1
    assert ended.usage.calls == completions + 1
    assert spent(ended).total == sum(call.tokens.total for call in calls if not call.recorded)


def copied(stocked: Path, folder: Path) -> Path:
    """The stocked folder, to be written to."""
    return shutil.copytree(stocked, folder / "copy")


def dying(node: type[Node]) -> Any:
    """The work of a node, after which the process is gone; of those that run often, the second time."""
    work, runs, last = node.work, [], 2 if node.name in SEVERAL_TIMES else 1

    def work_and_die(self: Node, state: SessionState) -> Update:
        runs.append(state)
        update = work(self, state)
        if len(runs) == last:
            raise Killed
        return update

    return work_and_die


def assert_paid(app: Any, session: Session) -> None:
    """Every call was settled, and those that a recorded reply answered cost nothing."""
    calls = calls_of(app, session)
    assert {call.status for call in calls} == {"answered"}
    assert all(call.usd == 0 for call in calls if call.recorded)
