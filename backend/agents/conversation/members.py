"""The sessions of one conversation: the one that it began with, and those in which it went on with other data."""

from collections.abc import Sequence
from datetime import timedelta

from backend.domain.conversation import Turn
from backend.domain.errors import NotFound
from backend.domain.goal import Goal
from backend.domain.periods import Period, Periods
from backend.domain.sessions import Session
from backend.engine.calendar import trading_calendar
from backend.services.sessions import Beginning, Sessions
from backend.services.turns import LONGEST_CHAIN

LONGEST_HOLIDAY = timedelta(days=14)
"""A trading session follows any day within this time."""
SHORTEST_TRAIN = 250
"""Trading sessions; with fewer, a later start cuts the history anew."""


def members_of(sessions: Sessions, owner: str, session_id: str) -> tuple[Session, ...]:
    """Every session of the conversation, those first that others continue; one that was promised is opened.

    Raises:
        NotFound: there is no session of this id.
    """
    found = {(first := _first(sessions, owner, session_id)).session_id: first}
    waiting = [first]
    while waiting and len(found) < LONGEST_CHAIN:
        session = waiting.pop(0)
        for turn in session.turns:
            if turn.kind == "elsewhere" and turn.session_id and turn.session_id not in found:
                following = promised(sessions, session, turn)
                found[following.session_id] = following
                waiting.append(following)
    return tuple(found.values())


def latest(members: Sequence[Session]) -> Session:
    """The session that was last spoken of; one that never got its data does not count beside others."""
    alive = [s for s in members if s.data_hash is not None or s.status in ("running", "needs_input")]
    return max(alive or members, key=_last_said)


def promised(sessions: Sessions, session: Session, turn: Turn) -> Session:
    """The session in which a turn goes on; opened if a kill came between the turn and it."""
    assert turn.session_id is not None
    assert turn.goal is not None
    try:
        return sessions.load(session.owner, turn.session_id)
    except NotFound:
        periods = same_cut(session.periods, turn.goal)
        beginning = Beginning(turn.session_id, session.session_id, turn.goal, periods)
        bare = {"symbols": (), "start": None, "end": None, "without": (), "text": turn.text}
        request = session.request.model_copy(update=bare)
        return sessions.open(session.owner, request, session.strategist, session.model, beginning)


def same_cut(periods: Periods | None, goal: Goal) -> Periods | None:
    """The dates at which the earlier session was cut, as far as the goal's period keeps them; else None.

    Another start moves the beginning of train alone, as long as a year of it is left.
    """
    if periods is None or goal.start is None or goal.end != periods.holdout.end:
        return None
    if goal.start == periods.train.start:
        return periods
    following = trading_calendar(goal.start, goal.start + LONGEST_HOLIDAY).sessions
    start = following[0].astype(object)
    if start >= periods.train.end or len(trading_calendar(start, periods.train.end).sessions) < SHORTEST_TRAIN:
        return None
    return periods.model_copy(update={"train": Period(start=start, end=periods.train.end)})


def _first(sessions: Sessions, owner: str, session_id: str) -> Session:
    session = sessions.load(owner, session_id)
    for _ in range(LONGEST_CHAIN):
        if session.continues is None:
            break
        try:
            session = sessions.load(owner, session.continues)
        except NotFound:
            break
    return session


def _last_said(session: Session) -> tuple[object, object]:
    last = session.turns[-1].at if session.turns else session.created_at
    return last, session.created_at
