"""The Supabase that tests run against: it answers selects and functions, and tells one user from another."""

from collections.abc import Iterator
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.servers.cluster import EMPTY, MIGRATIONS, SharedCluster
from tests.servers.programs import ServerMissing
from tests.servers.supabase_lite import MAX_ROWS, SupabaseLite
from tests.servers.waiting import PATIENCE

SCHEMA = """
    create table notes (number int primary key, owner text not null, at timestamptz default '2024-01-02 03:04:05+00');
    alter table notes enable row level security;
    create policy own_notes on notes using (owner = current_setting('request.jwt.claims', true)::jsonb ->> 'sub');
    grant select, insert on notes to authenticated;
    grant all on notes to service_role;
    create table nobodys (number int);
    create function kind_of(given jsonb) returns text language sql as $$ select jsonb_typeof(given) $$;
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def notes(postgres_cluster: SharedCluster) -> Iterator[SupabaseLite]:
    """A server over a database with a small schema of its own."""
    dsn = postgres_cluster.create_database(EMPTY)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SCHEMA)
    try:
        lite = SupabaseLite(dsn)
    except ServerMissing as missing:
        pytest.skip(str(missing))
    lite.start()
    yield lite
    lite.stop()
    postgres_cluster.drop_database(dsn)


@pytest.fixture(autouse=True)
def _empty(notes: SupabaseLite) -> None:
    notes.empty()


def ask(lite: SupabaseLite, method: str, path: str, token: str = "", body: object = None) -> httpx.Response:
    """A request of the user whose token is given; of the service itself without one."""
    headers = (
        {"apikey": lite.publishable_key, "authorization": f"Bearer {token}"} if token else {"apikey": lite.secret_key}
    )
    return httpx.request(method, f"{lite.url}/rest/v1/{path}", headers=headers, json=body, timeout=PATIENCE)


def test_it_answers_a_select(notes: SupabaseLite) -> None:
    assert ask(notes, "POST", "notes", body=[{"number": 1, "owner": "a"}]).status_code == 201
    assert ask(notes, "GET", "notes").json() == [{"number": 1, "owner": "a", "at": "2024-01-02T03:04:05+00:00"}]


def test_it_answers_a_function(notes: SupabaseLite) -> None:
    given: list[object] = [{"a": 1.5}, [1, None, "[x"], {}]
    kinds = [ask(notes, "POST", "rpc/kind_of", body={"given": value}).json() for value in given]
    assert kinds == ["object", "array", "object"]


def test_a_user_sees_only_his_own(notes: SupabaseLite) -> None:
    one, other = str(uuid4()), str(uuid4())
    assert ask(notes, "POST", "notes", notes.token(one), [{"number": 1, "owner": one}]).status_code == 201
    assert ask(notes, "POST", "notes", notes.token(one), [{"number": 2, "owner": other}]).status_code == 403
    seen = [len(ask(notes, "GET", "notes", notes.token(user)).json()) for user in (one, other)]
    assert seen == [1, 0]


def test_a_forged_or_expired_token_is_refused(notes: SupabaseLite) -> None:
    user = str(uuid4())
    for token in (notes.token(user, secret="not the secret of this server at all"), notes.token(user, seconds=-60)):
        assert ask(notes, "GET", "notes", token).status_code == 401
    assert httpx.get(f"{notes.url}/rest/v1/notes").status_code == 401


def test_the_schemas_own_grants_count(notes: SupabaseLite) -> None:
    assert ask(notes, "GET", "nobodys").status_code == 403
    assert ask(notes, "DELETE", "notes?number=eq.1", notes.token(str(uuid4()))).status_code == 403


def test_a_select_is_cut_without_a_word(notes: SupabaseLite) -> None:
    rows = [{"number": number, "owner": "a"} for number in range(MAX_ROWS + 1)]
    assert ask(notes, "POST", "notes", body=rows).status_code == 201
    answer = ask(notes, "GET", "notes")
    assert (answer.status_code, len(answer.json())) == (200, MAX_ROWS)


def test_a_restart_keeps_keys_and_rows(notes: SupabaseLite) -> None:
    user = str(uuid4())
    token, url = notes.token(user), notes.url
    assert ask(notes, "POST", "notes", token, [{"number": 1, "owner": user}]).status_code == 201
    notes.restart()
    assert notes.url == url
    assert len(ask(notes, "GET", "notes", token).json()) == 1


def test_a_test_finds_no_rows_of_another(notes: SupabaseLite) -> None:
    with psycopg.connect(notes.dsn, autocommit=True) as connection:
        connection.execute("create table parents (number int generated always as identity primary key)")
        connection.execute("create table children (parent int references parents)")
        connection.execute("insert into parents default values")
        connection.execute("insert into children values (1)")
        notes.empty()
        assert connection.execute("select count(*) from children").fetchone() == (0,)
        assert connection.execute("insert into parents default values returning number").fetchone() == (1,)


def test_the_record_of_what_was_migrated_stays(supabase_lite: SupabaseLite) -> None:
    with psycopg.connect(supabase_lite.dsn) as connection:
        applied = connection.execute("select count(*) from schema_migrations").fetchone()
    assert applied == (len(list(MIGRATIONS.glob("*.sql"))),)
