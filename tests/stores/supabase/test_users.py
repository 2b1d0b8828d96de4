"""What a signed-in user can do through the stores, and what not."""

import time
from dataclasses import replace
from typing import Any

import jwt
import psycopg
import pytest

from backend.domain.errors import InvalidInput, NotFound
from backend.domain.hashing import hash_json
from backend.domain.timeframes import Timeframe
from backend.stores import Stores
from backend.stores.codecs.bars import snapshot_row
from backend.stores.supabase.client import connect
from backend.stores.supabase.rows import row_text
from backend.stores.supabase.stores import supabase_stores
from tests.samples import flat_bars
from tests.servers.supabase_lite import MAX_ROWS, SupabaseLite
from tests.stores.samples import (
    EVER,
    NOON,
    VERDICT,
    make_attempt,
    make_bot,
    make_call,
    make_dataset,
    make_day,
    make_opening,
    make_post,
    make_reply,
    make_run,
    make_session,
    make_strategy,
    make_trials,
    make_visit,
)
from tests.stores.supabase.accounts import ANN, BOB, service_stores, user_access, user_stores

pytestmark = pytest.mark.slow

BARS = flat_bars([1, 2, 3])
OWN_BARS = replace(BARS, source="file")
EVER_AFTER = NOON.replace(year=2100)


@pytest.fixture
def ann(supabase_lite: SupabaseLite) -> Stores:
    """Ann's stores, without the service's key: she writes what is hers alone."""
    return user_stores(supabase_lite, ANN, secret=False)


@pytest.fixture
def bob(supabase_lite: SupabaseLite) -> Stores:
    return user_stores(supabase_lite, BOB, secret=False)


def test_a_user_may_do_all_that_a_session_needs(ann: Stores) -> None:
    dataset = make_dataset()
    ann.sessions.add_session(make_session("ses_1", ANN))
    assert ann.sessions.append_event("ses_1", "start", "session.started", {}, NOON) is not None
    ann.market.write_bars(OWN_BARS, EVER)
    assert ann.posts.write_collected(make_visit("import_1", provider="file"), [make_post()]) == 1
    ann.posts.write_scores("file", "AAPL", "reddit", "s/1", {"p1": 0.5})
    assert ann.datasets.store_datasets(ANN, "ses_1", [dataset]) == 1
    ann.datasets.write_days(ANN, "AAPL", "reddit", "file", "s/1", [make_day()])
    ann.sessions.save_attempt("ses_1", make_attempt(), make_trials())
    ann.sessions.save_attempt("ses_1", make_attempt(), make_trials())
    ann.models.reserve(ANN, make_call())
    ann.models.settle(ANN, make_call(status="answered"), make_reply())
    assert ann.models.find_reply(ANN, "h1") == make_reply()
    ann.strategies.add_strategy(ANN, make_strategy())
    ann.sessions.request_cancel(ANN, "ses_1", wanted=True)
    ann.sessions.conclude(make_session("ses_1", ANN, status="done", verdict=VERDICT), make_opening(owner=ANN), 0)
    ann.runs.add_run(make_run(owner=ANN), [make_opening("opn_2", ANN)])
    ann.bots.add_bot(make_bot(owner=ANN, datasets=(dataset,), bars=(BARS,)), [BARS])
    assert ann.bots.load_snapshot(ANN, BARS.content_hash).content_hash == BARS.content_hash
    ann.bots.delete_bot(ANN, "bot_1")
    assert ann.datasets.delete_orphans(ANN, [dataset.id], EVER_AFTER) == 1
    assert len(ann.ledger.list_openings(ANN)) == 2


def test_users_see_nothing_of_each_other(ann: Stores, bob: Stores) -> None:
    test_a_user_may_do_all_that_a_session_needs(ann)
    assert bob.sessions.session_lines(ANN, 9) == ()
    assert bob.sessions.list_events("ses_1", 0) == ()
    assert bob.sessions.list_attempts("ses_1") == ()
    assert bob.sessions.list_trials("ses_1") == ()
    assert bob.ledger.list_openings(ANN) == ()
    assert bob.runs.list_runs(ANN, 9) == ()
    assert bob.market.bar_spans() == ()
    assert (bob.posts.post_spans(), bob.posts.collection_runs(9)) == ((), ())
    assert bob.datasets.read_days(ANN, "AAPL", "reddit", "file", "s/1", EVER) == ()
    assert bob.models.find_reply(ANN, "h1") is None
    assert bob.strategies.list_strategies(ANN) == ()
    for ask in (lambda: bob.models.list_calls(ANN, "ses_1"), lambda: bob.strategies.delete_strategy(ANN, "str_1")):
        with pytest.raises(NotFound):
            ask()
    with pytest.raises(NotFound, match='no session "ses_1"') as refused:
        bob.sessions.load_session(ANN, "ses_1")
    assert "did you mean" not in refused.value.hint
    with pytest.raises(NotFound):
        bob.sessions.append_event("ses_1", "s", "notice", {}, NOON)


def test_a_user_writes_under_their_own_name_alone(ann: Stores) -> None:
    with pytest.raises(InvalidInput, match="does not let this account"):
        ann.sessions.add_session(make_session("ses_1", BOB))
    with pytest.raises(InvalidInput, match="does not let this account"):
        ann.runs.add_run(make_run(owner=ANN), [make_opening("o", BOB)])
    assert ann.runs.list_runs(ANN, 9) == ()


def test_pinned_bars_of_others_cannot_be_taken_over(ann: Stores, bob: Stores) -> None:
    """Neither by knowing their hash, nor by bringing others under it."""
    ann.sessions.add_session(make_session("ses_a", ANN))
    bob.sessions.add_session(make_session("ses_b", BOB))
    ann.bots.add_bot(make_bot("bot_a", ANN, bars=(BARS,), session_id="ses_a"), [BARS])
    wanted = make_bot("bot_b", BOB, bars=(BARS,), session_id="ses_b")
    with pytest.raises(NotFound, match="no pinned bars"):
        bob.bots.add_bot(wanted, [])
    with pytest.raises(NotFound, match="no pinned bars"):
        bob.bots.load_snapshot(BOB, BARS.content_hash)
    with pytest.raises(NotFound, match="no pinned bars"):
        bob.bots.load_snapshot(ANN, BARS.content_hash)
    bob.bots.add_bot(wanted, [BARS])  # who has them may pin them, and is told nothing else
    bob.bots.delete_bot(BOB, "bot_b")
    assert ann.bots.load_snapshot(ANN, BARS.content_hash).content_hash == BARS.content_hash


def test_bars_under_a_hash_that_is_not_theirs_are_refused(supabase_lite: SupabaseLite, bob: Stores) -> None:
    bob.sessions.add_session(make_session("ses_b", BOB))
    row = row_text(snapshot_row(BARS) | {"snapshot_id": hash_json("another")})
    bot = row_text(
        {"owner": BOB, "bot_id": "bot_b", "name": "b", "session_id": "ses_b", "created_at": NOON, "document": {}}
    )
    caller = connect(user_access(supabase_lite, BOB)).own
    for block in (row, row.replace("\\\\x", "\\\\x00"), row.replace('"data":"', '"data":"short')):
        with pytest.raises(InvalidInput, match=r"do not give that hash|cannot be stored"):
            caller.call("add_bot", row=bot, datasets="[]", snapshots=f"[{block}]", pinned="[]")
    assert bob.bots.list_bots(BOB) == ()


def test_what_everybody_shares_is_written_by_the_service(supabase_lite: SupabaseLite, ann: Stores) -> None:
    for write in (
        lambda: ann.market.write_bars(BARS, EVER),
        lambda: ann.market.replace_series(BARS, EVER),
        ann.market.delete_bars,
        lambda: ann.posts.write_posts("reddit", [make_post()]),
        lambda: ann.posts.write_scores("reddit", "AAPL", "reddit", "s/1", {}),
        lambda: ann.posts.write_collected(make_visit("v"), []),
    ):
        with pytest.raises(InvalidInput, match="everybody shares") as refused:
            write()
        assert "SUPABASE_SECRET_KEY" in refused.value.hint
    with_service = user_stores(supabase_lite, ANN)
    with_service.market.write_bars(BARS, EVER)
    assert with_service.posts.write_collected(make_visit("v"), [make_post()]) == 1
    read = ann.market.read_bars(BARS.symbol, Timeframe.DAY, "test", EVER)
    assert read is not None
    assert len(read) == 3
    assert with_service.market.delete_bars() == 3


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    told = {"sub": ANN, "role": "authenticated", "aud": "authenticated", "iat": now, "exp": now + 600} | changes
    return {name: value for name, value in told.items() if value is not None}


@pytest.mark.parametrize(
    "changes", [{"aud": "another"}, {"aud": None}, {"exp": None}, {"exp": 1}, {"sub": None}, {"sub": BOB}]
)
def test_a_token_that_is_not_the_users_is_refused(supabase_lite: SupabaseLite, changes: dict[str, Any]) -> None:
    token = jwt.encode(claims(**changes), supabase_lite.jwt_secret, algorithm="HS256")
    with pytest.raises(InvalidInput) as refused:
        supabase_stores(user_access(supabase_lite, ANN, token), ANN)
    assert token not in str(refused.value) + refused.value.hint


@pytest.mark.parametrize("token", ["forged", "unsigned", "garbage"])
def test_a_token_that_nobody_signed_is_refused(supabase_lite: SupabaseLite, token: str) -> None:
    tokens = {
        "forged": supabase_lite.token(ANN, secret="a secret that this server does not know"),
        "unsigned": jwt.encode(claims(), "", algorithm="none"),
        "garbage": "no token at all",
    }
    with pytest.raises(InvalidInput):
        supabase_stores(user_access(supabase_lite, ANN, tokens[token]), ANN)


def test_lists_longer_than_a_server_hands_out_come_whole(supabase_lite: SupabaseLite) -> None:
    count = MAX_ROWS + 500
    stores = service_stores(supabase_lite, ANN)
    stores.sessions.add_session(make_session("ses_1", ANN))
    with psycopg.connect(supabase_lite.dsn, autocommit=True) as connection:
        connection.execute(
            "insert into session_events"
            " select 'ses_1', n, %s, n::text, now(), 'notice', '{}' from generate_series(1, %s) n",
            [ANN, count],
        )
    stores.posts.write_posts("file", [make_post(f"p{n:04}") for n in range(count)])
    stores.market.write_bars(flat_bars([1.0] * count), EVER)
    series = stores.market.read_bars(BARS.symbol, Timeframe.DAY, "test", EVER)
    assert series is not None
    assert len(series) == count
    assert [event.id for event in stores.sessions.list_events("ses_1", 0)] == list(range(1, count + 1))
    assert len(stores.posts.read_posts("file", "AAPL", "reddit", EVER)) == count
    assert len(stores.posts.read_scored("file", "AAPL", "reddit", EVER, "s/1").texts) == count
