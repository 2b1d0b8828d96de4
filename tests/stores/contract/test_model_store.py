"""The contract of ModelStore."""

from datetime import timedelta

import pytest

from backend.domain.errors import Conflict, InvalidInput, NotFound
from backend.domain.models import ModelReply, StoredReply, Tokens
from backend.stores import Stores
from tests.stores.samples import NOON, OWNER, STRANGER, make_call, make_reply

ODD = "NUL \x00, escape \x1b[31m, bell \a, line\u2028, naïve 🚀, \\u0000 and \ufffe\r\n"


def test_a_call_is_reserved_then_settled(with_sessions: Stores) -> None:
    store = with_sessions.models
    store.reserve(OWNER, make_call())
    assert store.list_calls(OWNER, "ses_1") == (make_call(),)
    assert store.find_reply(OWNER, "h1") is None
    after = make_call(status="answered", tokens=Tokens(input=90, output=10, cached=40), usd=1 / 3, seconds=1.5)
    store.settle(OWNER, after, make_reply())
    assert store.list_calls(OWNER, "ses_1") == (after,)
    assert store.find_reply(OWNER, "h1") == make_reply()


def test_a_call_that_failed_leaves_no_reply(with_sessions: Stores) -> None:
    with_sessions.models.reserve(OWNER, make_call())
    failed = make_call(status="failed", trouble="the server did not answer")
    with_sessions.models.settle(OWNER, failed, None)
    assert with_sessions.models.list_calls(OWNER, "ses_1") == (failed,)
    assert with_sessions.models.find_reply(OWNER, "h1") is None


def test_a_number_is_reserved_once(with_sessions: Stores) -> None:
    store = with_sessions.models
    store.reserve(OWNER, make_call())
    with pytest.raises(Conflict, match="ses_1 has a call 1 of a model already"):
        store.reserve(OWNER, make_call(request_hash="h2"))
    assert store.list_calls(OWNER, "ses_1") == (make_call(),)
    store.reserve(OWNER, make_call(2))
    store.reserve(STRANGER, make_call(1, session_id="ses_bob"))


def test_a_call_is_settled_once_and_only_when_it_was_reserved(with_sessions: Stores) -> None:
    store = with_sessions.models
    with pytest.raises(NotFound, match="ses_1 has no reserved call 1 of a model"):
        store.settle(OWNER, make_call(status="answered"), make_reply())
    assert store.find_reply(OWNER, "h1") is None
    store.reserve(OWNER, make_call())
    store.settle(OWNER, make_call(status="answered"), None)
    with pytest.raises(NotFound, match="no reserved call 1"):
        store.settle(OWNER, make_call(status="failed"), make_reply())
    assert store.list_calls(OWNER, "ses_1") == (make_call(status="answered"),)
    assert store.find_reply(OWNER, "h1") is None


def test_a_recorded_reply_stays_as_it_is(with_sessions: Stores) -> None:
    store = with_sessions.models
    later = StoredReply(
        request_hash="h1", model="another", reply=ModelReply(text="later"), created_at=NOON + timedelta(1)
    )
    for n, reply in ((1, make_reply()), (2, later)):
        store.reserve(OWNER, make_call(n))
        store.settle(OWNER, make_call(n, status="answered"), reply)
    assert store.find_reply(OWNER, "h1") == make_reply()
    assert [call.status for call in store.list_calls(OWNER, "ses_1")] == ["answered", "answered"]


def test_a_reply_that_cannot_be_stored_leaves_its_call_reserved(with_sessions: Stores) -> None:
    store = with_sessions.models
    store.reserve(OWNER, make_call())
    broken = make_reply(reply=ModelReply(tool_calls=({"name": "half a character \ud83d"},)))
    with pytest.raises(InvalidInput, match="cannot be stored"):
        store.settle(OWNER, make_call(status="answered"), broken)
    naive = make_reply(created_at=NOON.replace(tzinfo=None))
    with pytest.raises(InvalidInput):
        store.settle(OWNER, make_call(status="answered"), naive)
    assert store.list_calls(OWNER, "ses_1") == (make_call(),)
    assert store.find_reply(OWNER, "h1") is None


def test_what_a_model_wrote_comes_back_character_for_character(with_sessions: Stores) -> None:
    arguments = {"z": ODD, "a": {"y": [1e-300, -0.0, 2**60], "x": None}}
    reply = ModelReply(text=ODD, refusal=ODD, tool_calls=({"name": "propose", "arguments": arguments},))
    call = make_call(status="failed", trouble=ODD)
    with_sessions.models.reserve(OWNER, make_call())
    with_sessions.models.settle(OWNER, call, make_reply(reply=reply))
    found = with_sessions.models.find_reply(OWNER, "h1")
    assert found is not None
    assert found.reply.model_dump_json() == reply.model_dump_json()  # the order of keys, too
    assert with_sessions.models.list_calls(OWNER, "ses_1") == (call,)


def test_a_long_reply_comes_back_whole(with_sessions: Stores) -> None:
    reply = make_reply(reply=ModelReply(text="word " * 200_000))
    with_sessions.models.reserve(OWNER, make_call())
    with_sessions.models.settle(OWNER, make_call(status="answered"), reply)
    assert with_sessions.models.find_reply(OWNER, "h1") == reply


def test_calls_are_listed_by_number(with_sessions: Stores) -> None:
    for n in (2, 10, 1):
        with_sessions.models.reserve(OWNER, make_call(n))
    assert [call.n for call in with_sessions.models.list_calls(OWNER, "ses_1")] == [1, 2, 10]
    assert with_sessions.models.list_calls(STRANGER, "ses_bob") == ()


def test_calls_need_a_session_of_their_owner(with_sessions: Stores) -> None:
    store = with_sessions.models
    with pytest.raises(NotFound, match='no session "ses_2"') as near:
        store.reserve(OWNER, make_call(session_id="ses_2"))
    assert near.value.hint == 'did you mean "ses_1"?'
    for owner, session_id in ((STRANGER, "ses_1"), (OWNER, "ses_bob")):
        with pytest.raises(NotFound, match=f'no session "{session_id}"'):
            store.reserve(owner, make_call(session_id=session_id))
        with pytest.raises(NotFound, match=f'no session "{session_id}"'):
            store.list_calls(owner, session_id)


def test_an_owner_sees_nothing_of_what_another_asked(with_sessions: Stores) -> None:
    store = with_sessions.models
    store.reserve(OWNER, make_call())
    with pytest.raises(NotFound, match="no reserved call 1"):
        store.settle(STRANGER, make_call(status="answered"), make_reply())
    store.settle(OWNER, make_call(status="answered"), make_reply())
    assert store.find_reply(STRANGER, "h1") is None
    store.reserve(STRANGER, make_call(session_id="ses_bob"))
    theirs = make_reply(model="theirs")
    store.settle(STRANGER, make_call(session_id="ses_bob", status="answered"), theirs)
    assert store.find_reply(STRANGER, "h1") == theirs
    assert store.find_reply(OWNER, "h1") == make_reply()


def test_what_is_kept_is_summed_up_by_model(with_sessions: Stores) -> None:
    store = with_sessions.models
    assert store.kept_replies(OWNER) == ()
    for n, (model, days, text) in enumerate([("b", 0, "one"), ("a", 2, "word " * 100), ("b", 1, "two")], 1):
        request = {"request_hash": f"h{n}"}
        store.reserve(OWNER, make_call(n, **request))
        reply = make_reply(model=model, created_at=NOON + timedelta(days), reply=ModelReply(text=text), **request)
        store.settle(OWNER, make_call(n, status="answered", **request), reply)
    long, short = store.kept_replies(OWNER)
    assert (long.model, long.replies, long.first, long.last) == ("a", 1, NOON + timedelta(2), NOON + timedelta(2))
    assert (short.model, short.replies, short.first, short.last) == ("b", 2, NOON, NOON + timedelta(1))
    assert 500 < long.characters < 1000
    assert store.kept_replies(STRANGER) == ()
