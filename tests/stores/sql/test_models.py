"""Calls of models in a database: rows that go with their session, and rows that no longer fit."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from backend.domain.errors import Unavailable
from backend.stores import Database, Stores
from tests.stores.samples import OWNER, make_call, make_reply, make_session


def test_calls_go_with_their_session_and_replies_stay(
    request: pytest.FixtureRequest, subtests: pytest.Subtests
) -> None:
    for kind in ("database", "server"):
        with subtests.test(kind):
            database: Database = request.getfixturevalue(kind)
            stores = Stores.over(database)
            for name in ("ses_1", "ses_2"):
                stores.sessions.add_session(make_session(name))
                stores.models.reserve(OWNER, make_call(session_id=name))
            stores.models.settle(OWNER, make_call(status="answered"), make_reply())
            with database.writing() as connection:
                connection.exec_driver_sql("DELETE FROM sessions WHERE session_id = 'ses_1'")
                left = connection.exec_driver_sql("SELECT session_id FROM model_calls").all()
            assert [session_id for (session_id,) in left] == ["ses_2"]
            assert stores.models.find_reply(OWNER, "h1") == make_reply()


@pytest.fixture
def stored(file: Path, with_sessions: Stores) -> tuple[Path, Stores]:
    """A database with one call and its reply."""
    with_sessions.models.reserve(OWNER, make_call())
    with_sessions.models.settle(OWNER, make_call(status="answered"), make_reply())
    return file, with_sessions


@pytest.fixture
def stores(database: Database) -> Stores:
    return Stores.over(database, OWNER)


def rewrite(file: Path, statement: str, value: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        assert other.execute(statement, [value]).rowcount == 1


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ('"{}"', "call 1 of a model in session ses_1 cannot be read: session_id: field required"),
        ("{}", "call 1 of a model in session ses_1 cannot be read: it is not the text of a document"),
        ('"{"', "document cannot be read"),
        ("{", "document cannot be read"),
    ],
)
def test_a_damaged_call_is_told(stored: tuple[Path, Stores], document: str, said: str) -> None:
    file, stores = stored
    rewrite(file, "UPDATE model_calls SET document = ?", document)
    with pytest.raises(Unavailable, match=f"The stored {said}") as refused:
        stores.models.list_calls(OWNER, "ses_1")
    assert "restore a backup" in refused.value.hint


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ('"{\\"mood\\": 1}"', "reply of a model to request h1 cannot be read: mood: extra inputs"),
        ("[]", "reply of a model to request h1 cannot be read: it is not the text"),
        ('"', "document cannot be read"),
    ],
)
def test_a_damaged_reply_is_told(stored: tuple[Path, Stores], reply: str, said: str) -> None:
    file, stores = stored
    rewrite(file, "UPDATE model_replies SET reply = ?", reply)
    with pytest.raises(Unavailable, match=f"The stored {said}"):
        stores.models.find_reply(OWNER, "h1")
