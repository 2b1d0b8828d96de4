"""Calls of language models by session, and recorded replies by request."""

from sqlalchemy import Connection, Text, cast, func, insert, select, update

from backend.domain.errors import Conflict, NotFound
from backend.domain.models import ModelCall, StoredReply
from backend.domain.ports import KeptReplies
from backend.stores.codecs.models import call_of, call_row, kept_of, reply_of, reply_row
from backend.stores.sql.column_types import Utc
from backend.stores.sql.database import Database
from backend.stores.sql.lookups import SESSION, not_found
from backend.stores.sql.sessions import session_lock
from backend.stores.sql.tables import model_calls, model_replies, sessions
from backend.stores.sql.upserts import insert_missing


class SqlModelStore:
    """The ModelStore port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reserve(self, owner: str, call: ModelCall) -> None:
        """Store a call before it is made.

        Raises:
            Conflict: the session has a call of that number.
            NotFound: the owner has no such session.
        """
        same = select(model_calls.c.n).where(model_calls.c.session_id == call.session_id, model_calls.c.n == call.n)
        with self._database.writing(session_lock(call.session_id)) as connection:
            _refuse_unknown(connection, owner, call.session_id)
            if connection.scalar(same) is not None:
                raise Conflict(
                    f"Session {call.session_id} has a call {call.n} of a model already.",
                    "give the next call the next number",
                )
            connection.execute(insert(model_calls), call_row(owner, call))

    def settle(self, owner: str, call: ModelCall, reply: StoredReply | None) -> None:
        """Replace the reserved call by what came of it, and record its reply, in one transaction.

        A reply already recorded for this request stays as it is. Raises NotFound for a call that was not reserved.
        """
        calls = model_calls.c
        reserved = update(model_calls).where(
            calls.owner == owner, calls.session_id == call.session_id, calls.n == call.n, calls.status == "reserved"
        )
        with self._database.writing(session_lock(call.session_id)) as connection:
            if connection.execute(reserved.values(call_row(owner, call))).rowcount == 0:
                raise NotFound(
                    f"Session {call.session_id} has no reserved call {call.n} of a model.",
                    "reserve a call before it is made, and settle it once",
                )
            insert_missing(connection, model_replies, [] if reply is None else [reply_row(owner, reply)])

    def find_reply(self, owner: str, request_hash: str) -> StoredReply | None:
        """The recorded reply to a request of the owner."""
        query = select(model_replies).where(
            model_replies.c.owner == owner, model_replies.c.request_hash == request_hash
        )
        with self._database.asking() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else reply_of(row)

    def list_calls(self, owner: str, session_id: str) -> tuple[ModelCall, ...]:
        """Ascending by number; empty for a session that called none. Raises NotFound."""
        calls = select(model_calls.c.n, model_calls.c.document).where(model_calls.c.session_id == session_id)
        with self._database.reading() as connection:
            _refuse_unknown(connection, owner, session_id)
            rows = connection.execute(calls.order_by(model_calls.c.n)).all()
        return tuple(call_of(session_id, row.n, row.document) for row in rows)

    def kept_replies(self, owner: str) -> tuple[KeptReplies, ...]:
        """What is kept of each model, by its name."""
        replies = model_replies.c
        sums = (
            func.count().label("replies"),
            func.sum(func.length(cast(replies.reply, Text))).label("characters"),
            func.min(replies.created_at, type_=Utc).label("first"),
            func.max(replies.created_at, type_=Utc).label("last"),
        )
        query = select(replies.model, *sums).where(replies.owner == owner).group_by(replies.model)
        with self._database.asking() as connection:
            rows = connection.execute(query.order_by(replies.model)).mappings().all()
        return tuple(kept_of(row) for row in rows)


def _refuse_unknown(connection: Connection, owner: str, session_id: str) -> None:
    known = select(sessions.c.number).where(sessions.c.owner == owner, sessions.c.session_id == session_id)
    if connection.scalar(known) is None:
        raise not_found(connection, SESSION, owner, session_id)
