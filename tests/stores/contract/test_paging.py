"""What every list of an owner does: it is read in pages, newest first, each row once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from backend.domain.errors import InvalidInput
from backend.domain.session_lines import SessionLine
from backend.stores import Stores
from tests.stores.samples import (
    NOON,
    OWNER,
    STRANGER,
    VERDICT,
    make_bot,
    make_run,
    make_session,
    make_strategy,
)

IDS = ["e", "a", "d", "c", "b"]
"""Newest first; ``d`` and ``c`` were made at the same moment, ``d`` after ``c``."""

HOURS = {"b": 0, "c": 1, "d": 1, "a": 2, "e": 3}

List = Callable[..., list[str]]


def add_sessions(stores: Stores, name: str, at: dict[str, Any]) -> None:
    stores.sessions.add_session(make_session(name, **at))


def add_runs(stores: Stores, name: str, at: dict[str, Any]) -> None:
    stores.runs.add_run(make_run(name, **at), [])


def add_bots(stores: Stores, name: str, at: dict[str, Any]) -> None:
    stores.bots.add_bot(make_bot(name, name=name, session_id="own", **at), [])


def add_strategies(stores: Stores, name: str, at: dict[str, Any]) -> None:
    stores.strategies.add_strategy(OWNER, make_strategy(name, name=name, **at))


KINDS = {"session": add_sessions, "backtest": add_runs, "bot": add_bots, "strategy": add_strategies}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def listed(stores: Stores, kind: str) -> List:
    """Ids of a list that holds ``IDS``, and of nothing when another owner asks."""
    if kind == "bot":
        stores.sessions.add_session(make_session("own"))
    for name, hours in HOURS.items():
        KINDS[kind](stores, name, {"created_at": NOON + timedelta(hours=hours)})
    lists: dict[str, Callable[..., tuple[Any, ...]]] = {
        "session": stores.sessions.session_lines,
        "backtest": stores.runs.list_runs,
        "bot": stores.bots.list_bots,
        "strategy": stores.strategies.list_strategies,
    }
    key = {"session": "session_id", "backtest": "run_id", "bot": "bot_id", "strategy": "strategy_id"}[kind]
    return lambda owner, *page: [getattr(row, key) for row in lists[kind](owner, *page)]


def pages(listed: List, limit: int) -> Iterator[list[str]]:
    after = None
    while page := listed(OWNER, limit, after):
        yield page
        after = page[-1]


def test_a_list_is_read_in_pages(listed: List, kind: str) -> None:
    for limit in (1, 2, 5, 9):
        read = list(pages(listed, limit))
        assert [row for page in read for row in page] == IDS
        assert all(len(page) == limit for page in read[:-1])
    assert listed(OWNER, 2, "a") == ["d", "c"]
    assert listed(STRANGER, 9) == []
    for owner, after in ((OWNER, "x"), (OWNER, ""), (STRANGER, "a")):
        with pytest.raises(InvalidInput) as refused:
            listed(owner, 9, after)
        assert refused.value.message == f'There is no {kind} "{after}" to go on behind.'
        assert refused.value.hint == "begin the list anew"


def test_a_line_of_a_session_says_what_a_row_shows(stores: Stores) -> None:
    stores.sessions.add_session(make_session("ses_1", goal=None))
    stores.sessions.add_session(make_session("ses_2", status="done", verdict=VERDICT, bot_id="bot_1"))
    done, begun = stores.sessions.session_lines(OWNER, 9)
    text = make_session().request.text
    assert begun.model_dump() == {
        "session_id": "ses_1",
        "status": "running",
        "created_at": NOON,
        "request": text,
        "understood": False,
        "outcome": None,
        "bot_id": None,
    }
    assert isinstance(done, SessionLine)
    assert (done.session_id, done.understood) == ("ses_2", True)
    assert (done.outcome, done.bot_id) == (VERDICT.outcome, "bot_1")


def test_lines_are_of_one_status_where_one_is_stated(stores: Stores) -> None:
    for n, status in enumerate(("done", "running", "done", "failed", "done")):
        stores.sessions.add_session(make_session(f"ses_{n}", status=status))
    lines = stores.sessions.session_lines(OWNER, 2, None, "done")
    assert [line.session_id for line in lines] == ["ses_4", "ses_2"]
    assert [line.session_id for line in stores.sessions.session_lines(OWNER, 2, "ses_2", "done")] == ["ses_0"]
    assert stores.sessions.session_lines(OWNER, 9, "ses_3", "failed") == ()


def test_a_log_is_read_piece_by_piece(with_sessions: Stores) -> None:
    for step in "abc":
        with_sessions.sessions.append_event("ses_1", step, "notice", {}, NOON)
    assert [event.id for event in with_sessions.sessions.list_events("ses_1", 0, 2)] == [1, 2]
    assert [event.id for event in with_sessions.sessions.list_events("ses_1", 2, 2)] == [3]
    assert [event.id for event in with_sessions.sessions.list_events("ses_1", 1)] == [2, 3]
