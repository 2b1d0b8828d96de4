"""A conversation of ten follow-ups holds its context over a restart, and over a kill in the middle of a turn."""

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from backend.cli.exit_codes import INTERRUPTED
from tests.agents.sessions import application, command, finished, only_session

pytestmark = pytest.mark.slow

REQUEST = "momentum on AAPL with reddit from 2005 to 2009, drawdown under 80 %"
FOLLOW_UPS = (
    "less drawdown",
    "what is the drawdown?",
    "1 more attempt",
    "why did it fail in 2008?",
    "now on GOOG too",
    "which attempt was best?",
    "without sentiment",
    "on AAPL: a Sharpe above 0.1",
    "compare attempts 1 and 2",
    "how many trades on the hold-out?",
)
MIDDLE, LATER = 5, 8
"""The first process is killed while it does the fifth, and the next one ends after the eighth."""
KINDS = (
    "request", "refinement", "question", "refinement", "question", "elsewhere", "request", "question", "refinement",
    "refinement", "question", "question",
)  # fmt: skip
OPTIONS = ("--iterations", "1", "--json")

Document = dict[str, Any]


def chat(folder: Path, *said: str, session: str | None = None) -> Document:
    """One process that says all of this and ends."""
    return finished(command(folder, *arguments(said, session)))


def arguments(said: tuple[str, ...], session: str | None) -> list[str]:
    messages = [part for text in said for part in ("--message", text)]
    return ["chat", *([session] if session else ["--seed", "3"]), *OPTIONS, *messages]


def plain(document: Document) -> Document:
    """Without moments, and with ids by the order in which they appear."""
    text = json.dumps(document)
    for kind in ("ses", "att"):
        for number, found in enumerate(dict.fromkeys(re.findall(rf"{kind}_[0-9a-f]+", text))):
            text = text.replace(found, f"{kind} {number}")
    parsed: Document = json.loads(text)
    for turn in parsed["turns"]:
        del turn["at"]
    return parsed


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """All of it in one process."""
    return plain(chat(tmp_path_factory.mktemp("undisturbed"), REQUEST, *FOLLOW_UPS))


def test_the_context_is_held(undisturbed: Document) -> None:
    turns, (here, there) = undisturbed["turns"], undisturbed["sessions"]
    assert tuple(turn["kind"] for turn in turns) == KINDS
    assert (here["symbols"], there["symbols"], there["continues"]) == (["AAPL"], ["GOOG"], here["session_id"])
    goals = {turn["text"]: turn["goal"] for turn in turns if turn["goal"]}
    drawdown = {"metric": "max_drawdown", "op": "<=", "value": 0.6}
    assert goals["now on GOOG too"]["targets"] == goals["without sentiment"]["targets"] == [drawdown]
    assert goals["without sentiment"]["channels"] == []
    back = goals["on AAPL: a Sharpe above 0.1"]
    assert (back["symbols"], back["channels"]) == (["AAPL"], ["reddit"])
    assert back["targets"] == [drawdown, {"metric": "sharpe", "op": ">=", "value": 0.1}]
    ended = [(turn["session_id"], turn["ending"]) for turn in turns if turn["ending"]]
    assert [ending["attempts"] for session, ending in ended if session == here["session_id"]] == [1, 2, 3, 4]
    assert [ending["attempts"] for session, ending in ended if session == there["session_id"]] == [1, 2]
    assert all(turn["answer"] for turn in turns if turn["kind"] == "question")


def test_a_kill_in_the_middle_of_a_turn_and_a_restart_change_nothing(undisturbed: Document, tmp_path: Path) -> None:
    process = command(tmp_path, *arguments((REQUEST, *FOLLOW_UPS[:MIDDLE]), None))
    assert process.stderr is not None
    assert any(line.startswith("attempt 1: testing") for line in _after(process.stderr, "data: bars of GOOG"))
    process.kill()
    process.communicate()
    app = application(tmp_path)
    first = app.sessions.lines(app.owner, 10)[-1]
    running = [s.status for s in app.conversation.members(app.owner, first.session_id)]
    assert running == ["done", "running"]
    chat(tmp_path, *FOLLOW_UPS[MIDDLE:LATER], session=first.session_id)
    assert plain(chat(tmp_path, *FOLLOW_UPS[LATER:], session=first.session_id)) == undisturbed


def test_an_interrupted_turn_is_kept_and_gone_on_with(tmp_path: Path) -> None:
    process = command(tmp_path, *arguments((REQUEST, "less drawdown"), None))
    assert process.stderr is not None
    assert any(line.startswith("attempt 2: testing") for line in _after(process.stderr, "→ max_drawdown"))
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED, errors
    app = application(tmp_path)
    stopped = only_session(app)
    assert (stopped.status, stopped.turns[0].ending is None, len(stopped.turns)) == ("cancelled", False, 2)
    said = app.conversation.say(app.owner, stopped.session_id, "go on")
    ended = app.runner.run(said.session)
    assert (said.turn, ended.status, len(ended.turns)) == (None, "done", 2)
    assert ended.turns[1].ending is not None


def _after(lines: IO[str], words: str) -> Iterator[str]:
    """The lines that follow one which begins with these words; the pipe stays open when nobody wants more."""
    found = False
    for line in lines:
        if found:
            yield line
        found = found or line.startswith(words)
