"""What is told when the project is away, of another schema, or does not take a value; and that no key is told."""

import traceback
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from backend.domain.errors import BackproofError, Conflict, InvalidInput, Unavailable
from backend.settings import load_settings
from backend.stores.sql.upgrades import server_steps
from backend.stores.supabase.client import SupabaseAccess
from backend.stores.supabase.stores import supabase_stores
from tests.servers.supabase_lite import SupabaseLite
from tests.stores.samples import NOON, make_post, make_session
from tests.stores.supabase.accounts import ANN, service_stores, user_access, user_stores

pytestmark = pytest.mark.slow

NEWER = 29991231235959


@pytest.fixture
def schema(supabase_lite: SupabaseLite) -> Iterator[Connection[Any]]:
    """The server's database; the record of its steps is put right again at the end."""
    with psycopg.connect(supabase_lite.dsn, autocommit=True) as connection:
        kept = connection.execute("select number, name, applied_at from schema_migrations").fetchall()
        yield connection
        connection.execute("delete from schema_migrations")
        connection.cursor().executemany("insert into schema_migrations values (%s, %s, %s)", kept)


def test_a_project_that_is_away_at_the_start_is_named(supabase_lite: SupabaseLite) -> None:
    supabase_lite.stop()
    with pytest.raises(Unavailable, match=f"Supabase at {supabase_lite.url} does not answer") as refused:
        service_stores(supabase_lite, ANN)
    assert "SUPABASE_URL" in refused.value.hint


def test_a_project_that_goes_away_and_comes_back_is_used_again(supabase_lite: SupabaseLite) -> None:
    stores = user_stores(supabase_lite, ANN)
    stores.sessions.add_session(make_session("ses_1", ANN))
    supabase_lite.stop()
    with pytest.raises(Unavailable, match="does not answer"):
        stores.sessions.append_event("ses_1", "s", "notice", {}, NOON)
    supabase_lite.start()
    event = stores.sessions.append_event("ses_1", "s", "notice", {}, NOON)
    assert event is not None
    assert event.id == 1


def test_an_older_schema_is_refused_with_the_way_to_bring_it_up(
    supabase_lite: SupabaseLite, schema: Connection[Any]
) -> None:
    newest = server_steps()[-1].number
    schema.execute("delete from schema_migrations where number = %s", [newest])
    with pytest.raises(Unavailable, match=f"is older than this version: step {newest} is missing") as refused:
        service_stores(supabase_lite, ANN)
    assert "backproof data migrate" in refused.value.hint
    assert "supabase db push" in refused.value.hint


def test_a_newer_schema_is_refused(supabase_lite: SupabaseLite, schema: Connection[Any]) -> None:
    schema.execute("insert into schema_migrations values (%s, 'later', now())", [NEWER])
    with pytest.raises(Unavailable, match=f"has step {NEWER}, and this version of Backproof knows") as refused:
        service_stores(supabase_lite, ANN)
    assert "update Backproof" in refused.value.hint


def test_a_function_that_is_missing_tells_of_an_older_schema(
    supabase_lite: SupabaseLite, schema: Connection[Any]
) -> None:
    stores = service_stores(supabase_lite, ANN)
    schema.execute("alter function public.list_bots rename to list_bots_later")
    try:
        with pytest.raises(Unavailable, match="missing or older") as refused:
            stores.bots.list_bots(ANN)
    finally:
        schema.execute("alter function public.list_bots_later rename to list_bots")
    assert "supabase db push" in refused.value.hint


def test_a_text_that_no_database_takes_is_refused(supabase_lite: SupabaseLite) -> None:
    stores = service_stores(supabase_lite, ANN)
    for text in ("zero \x00 byte", "half a pair \ud800"):
        with pytest.raises(InvalidInput, match="cannot be stored"):
            stores.sessions.load_session(ANN, text)
    with pytest.raises(InvalidInput, match="cannot be stored"):
        stores.posts.write_posts("file", [make_post(), make_post("p2", text="zero \x00 byte")])
    assert stores.posts.post_spans() == ()


def test_a_record_that_contradicts_a_stored_one_is_a_conflict(supabase_lite: SupabaseLite) -> None:
    stores = service_stores(supabase_lite, ANN)
    stores.sessions.add_session(make_session("ses_1", ANN))
    with pytest.raises(Conflict, match='a session "ses_1" already'):
        stores.sessions.add_session(make_session("ses_1", ANN))


@pytest.mark.parametrize("url", ["", "abc.supabase.co", "ftp://abc.supabase.co", "https://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="SUPABASE_URL"):
        supabase_stores(SupabaseAccess(url, "sb_publishable_x", "sb_secret_x"), ANN)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(InvalidInput) as without_any:
        supabase_stores(SupabaseAccess("http://127.0.0.1:1", ""), ANN)
    assert "SUPABASE_SECRET_KEY" in without_any.value.hint
    with pytest.raises(InvalidInput) as without_publishable:
        supabase_stores(SupabaseAccess("http://127.0.0.1:1", "", token="t"), ANN)
    assert "SUPABASE_PUBLISHABLE_KEY" in without_publishable.value.hint


def secrets_of(access: SupabaseAccess) -> set[str]:
    return {secret for secret in (access.publishable_key, access.secret_key, access.token) if secret}


def told(error: BackproofError) -> str:
    """All that somebody may see of an error: sentence, hint, and the traceback of a log."""
    return "".join([error.message, error.hint, *traceback.format_exception(error)])


def test_no_key_is_ever_told(supabase_lite: SupabaseLite) -> None:
    wrong = SupabaseAccess(supabase_lite.url, "sb_publishable_wrong", "sb_secret_wrong")
    right = SupabaseAccess(supabase_lite.url, supabase_lite.publishable_key, supabase_lite.secret_key)
    forged = user_access(supabase_lite, ANN, supabase_lite.token(ANN, secret="a secret of somebody else, not of it"))
    for access in (wrong, forged):
        with pytest.raises(InvalidInput, match="does not accept the key or token") as refused:
            supabase_stores(access, ANN)
        assert not any(secret in told(refused.value) for secret in secrets_of(access))
    supabase_lite.stop()
    with pytest.raises(Unavailable) as away:
        supabase_stores(right, ANN)
    assert not any(secret in told(away.value) + repr(right) for secret in secrets_of(right))


def test_a_password_in_the_address_is_not_told() -> None:
    access = SupabaseAccess("http://name:hidden@127.0.0.1:1/path?key=hidden", "p", "s")
    with pytest.raises(Unavailable) as away:
        supabase_stores(access, ANN)
    assert "hidden" not in told(away.value) + repr(access)


def test_the_settings_choose_the_project(supabase_lite: SupabaseLite, monkeypatch: pytest.MonkeyPatch) -> None:
    from backend.bootstrap import build

    monkeypatch.setenv("SUPABASE_URL", supabase_lite.url)
    monkeypatch.setenv("SUPABASE_SECRET_KEY", supabase_lite.secret_key)
    application = build(load_settings())
    application.stores.sessions.add_session(make_session("ses_1", application.owner))
    with psycopg.connect(supabase_lite.dsn) as connection:
        assert connection.execute("select owner, session_id from sessions").fetchall() == [("local", "ses_1")]
