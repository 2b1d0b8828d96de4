"""The turns of a session: what each came to, which trials were behind it, and where an earlier session went on."""

from collections.abc import Iterator, Sequence

from backend.domain.conversation import Ending, Turn
from backend.domain.goal import Goal, Target
from backend.domain.ledger import TrialBatch
from backend.domain.ports import SessionStore
from backend.domain.sessions import Session
from backend.domain.verdict import Verdict

LONGEST_CHAIN = 50
"""Sessions that continue each other; a chain that is longer was made by hand."""

_LAST = 10**9
"""Above the number of any attempt."""


def turns_of(session: Session, attempts: int) -> tuple[Turn, ...]:
    """The turns; of a session of an earlier version its request with what it came to, after so many attempts."""
    if session.turns:
        return session.turns
    request = Turn(
        n=1,
        kind="request",
        text=session.request.text,
        at=session.created_at,
        goal=session.goal,
        iterations=session.request.iterations,
        ending=_stated_ending(session, attempts),
    )
    return (request,)


def ending_of(session: Session, n: int, attempts: int) -> Ending | None:
    """What turn ``n`` came to; None while it runs, for a question, and for a turn that there is not.

    That of the latest turn is what the session says at its top.
    """
    if session.turn is not None and session.turn.n == n:
        return _stated_ending(session, attempts)
    return noted_ending(session, n, attempts)


def noted_ending(session: Session, n: int, attempts: int) -> Ending | None:
    """What turn ``n`` came to, as the turn itself has it."""
    return next((turn.ending for turn in turns_of(session, attempts) if turn.n == n), None)


def goal_of(session: Session, n: int, attempts: int) -> Goal | None:
    """The goal of turn ``n``; None where it has none."""
    return next((turn.goal for turn in turns_of(session, attempts) if turn.n == n), None)


def ended(session: Session, ending: Ending, answer: str) -> Session:
    """The session with its running turn closed; one of an earlier version has none to close."""
    current = session.turn
    if current is None:
        return session
    told = " ".join([answer, *stopped(session)])
    closed = current.model_copy(update={"ending": ending, "goal": session.goal, "answer": told})
    return session.model_copy(update={"turns": replaced(session.turns, closed)})


def wished_after_seeing(session: Session, chosen: str, goal: Goal) -> bool:
    """Whether an earlier turn showed the hold-out of an attempt, and none that did asked of it what ``goal`` asks."""
    shown = [
        turn.goal
        for turn in session.turns
        if turn.goal and turn.ending and turn.ending.holdout and turn.ending.chosen == chosen
    ]
    return bool(shown) and _asked(goal) not in map(_asked, shown)


def _asked(goal: Goal) -> tuple[frozenset[Target], int | None]:
    return frozenset(goal.effective_targets), goal.minimum_trades


def stopped(session: Session) -> tuple[str, ...]:
    """Why the present turn ended before its time, one sentence each."""
    return tuple(dict.fromkeys(stop.message for stop in session.turn_stops))


def replaced(turns: Sequence[Turn], turn: Turn) -> tuple[Turn, ...]:
    """The turns with the one of this number replaced."""
    return tuple(turn if other.n == turn.n else other for other in turns)


def asked_back(session: Session, turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The turns with the question that the last one led to as its answer."""
    last = turns[-1]
    if session.question is None or last.answer:
        return turns
    return replaced(turns, last.model_copy(update={"answer": session.question}))


def trials_behind(store: SessionStore, session: Session, turn: int, attempts: int) -> tuple[TrialBatch, ...]:
    """Every trial that led to the end of a turn: of the session so far, and of those that it carries on.

    Args:
        store: keeps sessions and trials.
        session: whose turn it is.
        turn: its number.
        attempts: number of the last attempt that it could choose from.
    """
    return tuple(_trials(store, session, turn, attempts))


def trials_of_others(batches: Sequence[TrialBatch], session: Session) -> int:
    """How many of the trials another session made."""
    return sum(batch.count for batch in batches if batch.session_id != session.session_id)


def carried_on(store: SessionStore, session: Session) -> Iterator[Session]:
    """The sessions that one carries on, the nearest first."""
    for _ in range(LONGEST_CHAIN):
        if session.continues is None:
            return
        session = store.load_session(session.owner, session.continues)
        yield session


def chosen_before(session: Session) -> str | None:
    """The attempt that the last turn with a verdict chose."""
    return session.chosen or _last_chosen(session.turns)


def chosen_when_left(earlier: Session, following: str) -> str | None:
    """The attempt that a session had chosen when another one, named by its id, began to carry it on."""
    left = _left_for(earlier, following)
    if left is None:
        return chosen_before(earlier)
    return _last_chosen([turn for turn in earlier.turns if turn.n < left.n])


def _last_chosen(turns: Sequence[Turn]) -> str | None:
    return next((turn.ending.chosen for turn in reversed(turns) if turn.ending is not None), None)


def _left_for(earlier: Session, following: str) -> Turn | None:
    return next((turn for turn in earlier.turns if turn.session_id == following), None)


def _trials(store: SessionStore, session: Session, turn: int, attempts: int) -> Iterator[TrialBatch]:
    yield from (b for b in store.list_trials(session.session_id) if _made_by(b.step, turn, attempts))
    following = session.session_id
    for earlier in carried_on(store, session):
        left = _left_for(earlier, following)
        turn, attempts = (left.n, left.first_attempt - 1) if left else (len(earlier.turns), _LAST)
        yield from (b for b in store.list_trials(earlier.session_id) if _made_by(b.step, turn, attempts))
        following = earlier.session_id


def _made_by(step: str, turn: int, attempts: int) -> bool:
    """Whether a step was done by the end of a turn: ``0003`` by its number, ``0009.t2.probe.1`` by its turn."""
    number, _, rest = step.partition(".")
    tag = rest.partition(".")[0]
    if tag.startswith("t") and tag[1:].isdigit():
        return int(tag[1:]) <= turn
    return not number.isdigit() or int(number) <= attempts


def _stated_ending(session: Session, attempts: int) -> Ending | None:
    return None if session.verdict is None else ending_with(session, session.verdict, attempts)


def ending_with(session: Session, verdict: Verdict, attempts: int) -> Ending:
    """What a session says at its top, as the ending of a turn after so many attempts."""
    return Ending(
        chosen=session.chosen,
        attempts=attempts,
        trials=session.trials,
        effective_trials=session.effective_trials,
        verdict=verdict,
        holdout=session.holdout,
        null_league=session.null_league,
        lift=session.lift,
        notices=session.notices,
    )
