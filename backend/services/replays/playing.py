"""Plays a recorded session turn by turn on a stage of its own."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.domain.conversation import Turn
from backend.domain.errors import BackproofError, Conflict
from backend.domain.ports import LedgerStore, SessionStore
from backend.domain.sessions import Attempt, Session
from backend.services.documents import session_document
from backend.services.replays.comparison import differences, with_facts_of
from backend.services.replays.past import PastLedger
from backend.services.replays.recording import Recording
from backend.services.turns import carried_on


@dataclass(frozen=True)
class Stage:
    """Where a session is played again.

    Attributes:
        store: keeps the sessions of the stage, and nothing else.
        ledger: what verdicts on the stage see of the owner's ledger.
        add_turn: adds a recorded turn to a session, its words heard anew where they set it running.
        run: runs the latest turn of a session to its end.
    """

    store: SessionStore
    ledger: PastLedger
    add_turn: Callable[[Session, Turn], Session]
    run: Callable[[Session], Session]


SetStage = Callable[[Recording], AbstractContextManager[Stage]]
"""Sets a stage with the recorded replies and the pinned data of a session; it is gone when the block ends."""


@dataclass(frozen=True)
class Replayed:
    """What came of a replay.

    Attributes:
        differences: keys of the session's document that differ from the record; empty when it was repeated.
    """

    session: Session
    attempts: tuple[Attempt, ...]
    differences: tuple[str, ...]


class Replays:
    """Replays sessions; the store that holds them is only read.

    Args:
        sessions: holds the recorded sessions.
        ledger: holds every opening of their owners.
        set_stage: where they are played again.
    """

    def __init__(self, sessions: SessionStore, ledger: LedgerStore, set_stage: SetStage) -> None:
        self._sessions = sessions
        self._ledger = ledger
        self._set_stage = set_stage

    def replay(self, owner: str, session_id: str) -> Replayed:
        """Run every turn of a session again, and compare what came of it with the record.

        Raises:
            NotFound: there is no such session.
            Conflict: it has not ended, its data is not the same any more, a reply of its model was not recorded, or it
                would show a hold-out that was never opened.
        """
        recording = Recording.of(self._sessions, self._ledger, owner, session_id)
        recorded = recording.session
        with self._set_stage(recording) as stage:
            self._bring_on(recorded, stage)
            played = self._play(recording, stage)
            attempts = tuple(stage.store.list_attempts(session_id))
        _refuse_other_looks(recorded, recording.attempts, played, attempts)
        session = with_facts_of(recorded, played)
        told, found = session_document(recorded, recording.attempts), session_document(session, attempts)
        return Replayed(session, attempts, differences(told, found))

    def _play(self, recording: Recording, stage: Stage) -> Session:
        """Every turn in its order; those that make no attempts are only added."""
        recorded = recording.session
        session = _opened(recorded)
        stage.store.add_session(session)
        session = self._run(recording, stage, 0, session)
        judged = 1 if session.verdict else 0
        for turn in recorded.turns[1:]:
            session = stage.add_turn(session, _said(turn))
            if session.status == "running":
                session = self._run(recording, stage, judged, session)
                judged += 1 if session.verdict else 0
        return session

    def _run(self, recording: Recording, stage: Stage, judged: int, session: Session) -> Session:
        """One turn; an error in which the recorded one ended, too, is its end."""
        seen = recording.seen_before(judged)
        stage.ledger.go_to(seen.openings)
        self._show_others(session, seen.until, stage)
        try:
            return stage.run(session)
        except BackproofError as error:
            if isinstance(error, Conflict) or not recording.failed_in(session.turn):
                raise
            return stage.store.load_session(session.owner, session.session_id)

    def _bring_on(self, recorded: Session, stage: Stage) -> None:
        """Copy the sessions that this one carries on, with all that led to it."""
        for session in carried_on(self._sessions, recorded):
            stage.store.add_session(session)
            for attempt in self._sessions.list_attempts(session.session_id):
                stage.store.save_attempt(session.session_id, attempt, None)
            for trials in self._sessions.list_trials(session.session_id):
                stage.store.add_trials(session.session_id, trials)

    def _show_others(self, session: Session, until: datetime | None, stage: Stage) -> None:
        """Copy the other sessions that had shown an attempt by then: each counts as a look at its market."""
        there = {known.session_id for known in stage.store.sessions_with_attempts(session.owner)}
        for other in self._sessions.sessions_with_attempts(session.owner):
            if other.session_id in {*there, session.session_id} or not self._shown(other, until):
                continue
            stage.store.add_session(other)
            stage.store.save_attempt(other.session_id, self._sessions.list_attempts(other.session_id)[0], None)

    def _shown(self, session: Session, until: datetime | None) -> bool:
        """Whether it had shown an attempt by that moment."""
        if until is None:
            return True
        if session.created_at >= until:
            return False
        events = self._sessions.list_events(session.session_id, 0)
        first = next((event.at for event in events if event.type == "attempt.backtested"), session.created_at)
        return first < until


def _refuse_other_looks(
    recorded: Session, known: Sequence[Attempt], played: Session, attempts: Sequence[Attempt]
) -> None:
    """A replay is no opening, so it shows the hold-out of no strategy with which the record did not open it."""
    if _looked_with(played, attempts) - _looked_with(recorded, known):
        raise Conflict(
            f"The replay of session {recorded.session_id} took another way and came to a hold-out that was not opened.",
            "nothing of it is shown; ask in a new session, whose look is counted",
        )


def _looked_with(session: Session, attempts: Sequence[Attempt]) -> set[str]:
    """The strategies with which a session opened its hold-out, in whichever turn."""
    chosen = {
        turn.ending.chosen for turn in session.turns if turn.ending is not None and turn.ending.holdout is not None
    }
    if session.holdout is not None:
        chosen.add(session.chosen)
    return {attempt.spec_hash for attempt in attempts if attempt.attempt_id in chosen}


def _opened(recorded: Session) -> Session:
    """The session as it was opened, to end where it ended: only recorded replies are there, and no time is spent."""
    carried_on = recorded.continues is not None
    first = _said(recorded.turns[0]) if recorded.turns else None
    given: dict[str, Any] = {}
    if first and carried_on:
        given = {"goal": first.goal, "periods": recorded.periods}
    elif first:
        first = first.model_copy(update={"goal": None})
    return Session(
        session_id=recorded.session_id,
        owner=recorded.owner,
        request=recorded.request,
        status="running",
        strategist=recorded.strategist,
        created_at=recorded.created_at,
        model=recorded.model,
        turns=(first,) if first else (),
        continues=recorded.continues,
        stops=recorded.stops,
        **given,
    )


def _said(turn: Turn) -> Turn:
    """A turn as it was added: one that makes attempts has come to nothing yet."""
    return turn.model_copy(update={"ending": None, "answer": ""}) if turn.iterations else turn
