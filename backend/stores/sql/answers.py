"""Requests that may be sent twice, with their answers, by owner and key."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select, update

from backend.domain.ports import KeptAnswer
from backend.stores.codecs.accounts import answer_of, answer_row
from backend.stores.sql.database import Database
from backend.stores.sql.tables import idempotency_keys
from backend.stores.sql.upserts import insert_missing


class SqlAnswerStore:
    """The AnswerStore port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim_key(self, answer: KeptAnswer) -> KeptAnswer | None:
        """Store the key as being worked on; the one that is stored already where there is one."""
        stored = select(idempotency_keys).where(_of(answer.owner, answer.key))
        with self._database.writing() as connection:
            if insert_missing(connection, idempotency_keys, [answer_row(answer)]):
                return None
            row = connection.execute(stored).mappings().one()
        return answer_of(row)

    def find_answer(self, owner: str, key: str) -> KeptAnswer | None:
        """What is stored under the key."""
        with self._database.asking() as connection:
            row = connection.execute(select(idempotency_keys).where(_of(owner, key))).mappings().one_or_none()
        return None if row is None else answer_of(row)

    def take_over_key(self, answer: KeptAnswer, begun: datetime) -> bool:
        """Begin anew a request that was begun at ``begun`` and cut short; False when somebody else did, or it ended."""
        as_it_was = and_(_unfinished(answer.owner, answer.key), idempotency_keys.c.created_at == begun)
        anew = update(idempotency_keys).where(as_it_was).values(answer_row(answer))
        with self._database.writing() as connection:
            return connection.execute(anew).rowcount > 0

    def keep_answer(self, answer: KeptAnswer) -> None:
        """Store what the request was answered; the first answer stays."""
        ended = update(idempotency_keys).where(_unfinished(answer.owner, answer.key))
        with self._database.writing() as connection:
            connection.execute(ended.values(status=answer.status, response=answer.response, place=None))

    def release_key(self, owner: str, key: str) -> None:
        """The request failed in a way that may be tried again under the same key, by anybody at once."""
        with self._database.writing() as connection:
            connection.execute(update(idempotency_keys).where(_unfinished(owner, key)).values(place=None))

    def forget_answers(self, before: datetime) -> int:
        """Delete the keys of all owners whose requests were begun before that moment; how many."""
        with self._database.writing() as connection:
            return connection.execute(delete(idempotency_keys).where(idempotency_keys.c.created_at < before)).rowcount


def _of(owner: str, key: str) -> ColumnElement[bool]:
    return and_(idempotency_keys.c.owner == owner, idempotency_keys.c.key == key)


def _unfinished(owner: str, key: str) -> ColumnElement[bool]:
    return and_(_of(owner, key), idempotency_keys.c.status.is_(None))
