"""Sessions with their attempts, trials and event log; a step that runs twice is written once."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    String,
    case,
    func,
    insert,
    select,
    type_coerce,
    update,
)

from backend.domain.errors import Conflict, NotFound
from backend.domain.ledger import Opening, TrialBatch
from backend.domain.session_lines import ListedSession
from backend.domain.sessions import Attempt, Event, EventType, Session, Status
from backend.stores.codecs.documents import dump, parse, record_of
from backend.stores.codecs.ledger import trial_row, trials_of
from backend.stores.codecs.session_lines import line_of
from backend.stores.sql.damage import refuse_lost_rows
from backend.stores.sql.database import Database
from backend.stores.sql.lookups import SESSION, load_row, not_found
from backend.stores.sql.openings import add_openings, count_openings, ledger_lock
from backend.stores.sql.paging import page
from backend.stores.sql.tables import attempts, session_events, sessions, trial_ledger
from backend.stores.sql.upserts import insert_missing, insert_or_replace

_TEXT = sessions.c.document
_NAMED = sessions.c.session_id, sessions.c.status
_READ: dict[str, ColumnElement[Any]] = {
    "request": _TEXT["request"]["text"].as_string(),
    "understood": _TEXT["goal"].as_string().is_not(None),
    "outcome": _TEXT["verdict"]["outcome"].as_string(),
    "bot_id": _TEXT["bot_id"].as_string(),
}
_LINE = (*_NAMED, sessions.c.created_at, *(value.label(name) for name, value in _READ.items()))
"""What a line shows; the database reads it out of the documents."""
_LINE_IF_WHOLE = (
    *_NAMED,
    type_coerce(sessions.c.created_at, String).concat("Z").label("created_at"),
    *(case((func.json_valid(_TEXT), value)).label(name) for name, value in _READ.items()),
)
"""The same where the database itself sees to no document and no time: one that is damaged would end the query."""


class SqlSessionStore:
    """The SessionStore port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_session(self, session: Session) -> None:
        """Store a new session.

        Raises:
            Conflict: a session of that id is stored.
        """
        with self._database.writing(session_lock(session.session_id)) as connection:
            if _owner_of(connection, session.session_id) is not None:
                raise Conflict(
                    f'There is a session "{session.session_id}" already.', "give the new one an id of its own"
                )
            connection.execute(insert(sessions), _session_row(session))

    def load_session(self, owner: str, session_id: str) -> Session:
        """Raises NotFound, naming ids that resemble it."""
        with self._database.reading() as connection:
            return _session_of(load_row(connection, SESSION, owner, session_id))

    def session_lines(
        self, owner: str, limit: int, after: str | None = None, status: Status | None = None
    ) -> tuple[ListedSession, ...]:
        """Newest first, from the one behind ``after`` on; of one status where one is stated.

        Raises:
            InvalidInput: the owner has no session ``after``.
        """
        shown = _LINE if self._database.on_server else _LINE_IF_WHOLE
        wanted = select(*shown) if status is None else select(*shown).where(sessions.c.status == status)
        with self._database.reading() as connection:
            rows = connection.execute(page(connection, wanted, SESSION, owner, (limit, after))).mappings().all()
            at_the_end = len(rows) < limit and status is None  # counting is as slow as the list is long
            if at_the_end and not self._database.on_server:
                refuse_lost_rows(connection, sessions, owner)
        return tuple(line_of(dict(row)) for row in rows)

    def sessions_with_attempts(self, owner: str) -> tuple[Session, ...]:
        """Those that showed at least one attempt, newest first, in one read."""
        tried = select(attempts.c.n).where(attempts.c.session_id == sessions.c.session_id)
        return self._newest(owner, select(sessions).where(tried.exists()))

    def sessions_that_tried(self, owner: str, spec_hash: str) -> tuple[Session, ...]:
        """Those with an attempt of this very strategy, newest first."""
        tried = select(attempts.c.session_id).where(attempts.c.owner == owner, attempts.c.spec_hash == spec_hash)
        return self._newest(owner, select(sessions).where(sessions.c.session_id.in_(tried)))

    def save_session(self, session: Session) -> None:
        """Replace the stored record. Raises NotFound."""
        with self._database.writing(session_lock(session.session_id)) as connection:
            replace_session(connection, session)

    def append_event(
        self, session_id: str, step: str, type: EventType, data: dict[str, Any], at: datetime
    ) -> Event | None:
        """Append with the next id; None when (session, step) was appended before. Raises NotFound."""
        events = session_events.c
        last = select(func.max(events.id)).where(events.session_id == session_id).scalar_subquery()
        before = select(events.id).where(events.session_id == session_id, events.step == step).exists()
        state = select(sessions.c.owner, last, before).where(sessions.c.session_id == session_id)
        with self._database.writing(session_lock(session_id)) as connection:
            found = connection.execute(state).one_or_none()
            if found is None:
                raise _unknown(session_id)
            owner, newest, written = found
            if written:
                return None
            event = Event(id=(newest or 0) + 1, session_id=session_id, at=at, type=type, data=parse(dump(data)))
            connection.execute(insert(session_events), event.model_dump() | {"owner": owner, "step": step})
        return event

    def list_events(self, session_id: str, after: int, limit: int | None = None) -> tuple[Event, ...]:
        """Events with an id above ``after``, ascending; all of them, or the first ``limit``."""
        columns = [session_events.c[name] for name in Event.model_fields]
        query = select(*columns).where(session_events.c.session_id == session_id, session_events.c.id > after)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(session_events.c.id).limit(limit)).mappings().all()
        return tuple(record_of(Event, dict(row), f"event {row['id']} of session {session_id}") for row in rows)

    def save_attempt(self, session_id: str, attempt: Attempt, trials: TrialBatch | None) -> None:
        """Insert or replace the attempt by (session, n), and add its trials once, in one transaction.

        Raises:
            NotFound: there is no such session.
        """
        with self._database.writing(session_lock(session_id)) as connection:
            owner = _owner_of(connection, session_id)
            if owner is None:
                raise _unknown(session_id)
            row = {"session_id": session_id, "n": attempt.n, "owner": owner, "attempt_id": attempt.attempt_id}
            row |= {"document": attempt, "spec_hash": attempt.spec_hash}
            insert_or_replace(connection, attempts, [row])
            if trials is not None:
                insert_missing(connection, trial_ledger, [trial_row(owner, session_id, trials)])

    def add_trials(self, session_id: str, trials: TrialBatch) -> None:
        """Add the trials of a step that makes no attempt; a step run again is counted once. Raises NotFound."""
        with self._database.writing(session_lock(session_id)) as connection:
            owner = _owner_of(connection, session_id)
            if owner is None:
                raise _unknown(session_id)
            insert_missing(connection, trial_ledger, [trial_row(owner, session_id, trials)])

    def list_attempts(self, session_id: str) -> tuple[Attempt, ...]:
        """Ascending by n."""
        query = select(attempts.c.n, attempts.c.document).where(attempts.c.session_id == session_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(attempts.c.n)).all()
        return tuple(record_of(Attempt, row.document, f"attempt {row.n} of session {session_id}") for row in rows)

    def list_trials(self, session_id: str) -> tuple[TrialBatch, ...]:
        """In the order in which their steps were stored."""
        query = select(trial_ledger).where(trial_ledger.c.session_id == session_id).order_by(trial_ledger.c.number)
        with self._database.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(trials_of(row) for row in rows)

    def request_cancel(self, owner: str, session_id: str, wanted: bool) -> None:
        """Set or clear the flag that a running session polls. Raises NotFound."""
        with self._database.writing() as connection:
            _change(connection, owner, session_id, {"cancel_requested": wanted})

    def cancel_requested(self, session_id: str) -> bool:
        """Whether somebody asked the session to stop; False for an unknown one."""
        query = select(sessions.c.cancel_requested).where(sessions.c.session_id == session_id)
        with self._database.reading() as connection:
            return bool(connection.scalar(query))

    def conclude(self, session: Session, opening: Opening | None, openings_seen: int) -> None:
        """Store the concluded session and its opening in one transaction; an opening already stored counts once.

        Args:
            session: as it ended.
            opening: of its hold-out; None when it opened nothing.
            openings_seen: how many openings of the owner the factor on p was computed from.

        Raises:
            Conflict: the owner has more openings than ``openings_seen``, so the factor on p must be computed anew.
            NotFound: there is no such session.
        """
        with self._database.writing(ledger_lock(session.owner), session_lock(session.session_id)) as connection:
            made = count_openings(connection, session.owner)
            if opening is not None and made > openings_seen:
                raise Conflict(
                    f"The ledger has {made} openings, and the verdict of session {session.session_id} was computed"
                    f" from {openings_seen}.",
                    "read the ledger again and compute the verdict anew",
                )
            add_openings(connection, [] if opening is None else [opening])
            replace_session(connection, session)

    def _newest(self, owner: str, query: Select[Any]) -> tuple[Session, ...]:
        newest = query.where(sessions.c.owner == owner)
        newest = newest.order_by(sessions.c.created_at.desc(), sessions.c.number.desc())
        with self._database.reading() as connection:
            rows = connection.execute(newest).mappings().all()
            if not self._database.on_server:
                refuse_lost_rows(connection, sessions, owner)
        return tuple(_session_of(row) for row in rows)


def session_lock(session_id: str) -> str:
    """The lock of whoever writes to the session."""
    return f"session {session_id}"


def replace_session(connection: Connection, session: Session) -> None:
    """Replace the stored record within a transaction. Raises NotFound."""
    _change(connection, session.owner, session.session_id, {"status": session.status, "document": session})


def _change(connection: Connection, owner: str, session_id: str, values: dict[str, Any]) -> None:
    stored = update(sessions).where(sessions.c.owner == owner, sessions.c.session_id == session_id)
    if connection.execute(stored.values(values)).rowcount == 0:
        raise not_found(connection, SESSION, owner, session_id)


def _owner_of(connection: Connection, session_id: str) -> str | None:
    return connection.scalar(select(sessions.c.owner).where(sessions.c.session_id == session_id))


def _session_row(session: Session) -> dict[str, Any]:
    named = {name: getattr(session, name) for name in ("owner", "session_id", "status", "created_at")}
    return named | {"cancel_requested": False, "document": session}


def _session_of(row: RowMapping) -> Session:
    return record_of(Session, row["document"], f"session {row['session_id']}")


def _unknown(session_id: str) -> NotFound:
    return NotFound(f'There is no session "{session_id}".', SESSION.hint)
