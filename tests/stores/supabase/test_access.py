"""Row-level security and grants, asked of PostgreSQL itself as each role: a server before it may be more generous."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection, errors, sql

from tests.servers.cluster import MIGRATED, SharedCluster, apply_migrations
from tests.servers.postgres import PostgresServer
from tests.stores.supabase.catalogue import (
    FUNCTIONS,
    acting_as,
    columns,
    fill,
    insert,
    rows_of,
    sample_row,
)

ANN, BOB, SHARED = "ann", "bob", ""
LEDGER = ("holdout_openings", "trial_ledger")
PRIVILEGES = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
WITHOUT_OWNER = {"bars_snapshots", "schema_migrations"}
MARKET = ("market_bars", "market_coverage", "posts", "post_scores", "post_series", "collection_runs")


@pytest.fixture(scope="module")
def database(postgres_cluster: SharedCluster) -> Iterator[Connection[Any]]:
    """A database in which two owners, and everybody, have a row in every table; no test of it keeps a change."""
    dsn = postgres_cluster.create_database(MIGRATED)
    with psycopg.connect(dsn, autocommit=True) as connection:
        fill(connection, ANN, BOB, SHARED)
        yield connection
    postgres_cluster.drop_database(dsn)


def tried(connection: Connection[Any], statement: str, table: str) -> int:
    """How many rows a statement about a table touched; none where it is refused."""
    try:
        with connection.transaction():
            return connection.execute(sql.SQL(statement).format(sql.Identifier(table))).rowcount
    except errors.InsufficientPrivilege:
        return 0


def test_every_table_has_row_level_security(database: Connection[Any]) -> None:
    bare = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
    assert database.execute(f"{bare} and not relrowsecurity").fetchall() == []


def test_every_view_asks_with_the_rights_of_its_reader(database: Connection[Any]) -> None:
    views = "select relname, reloptions from pg_class where relnamespace = 'public'::regnamespace and relkind = 'v'"
    assert dict(database.execute(views).fetchall()) == {
        "backtest_performance": ["security_invoker=true"],
        "latest_sentiment": ["security_invoker=true"],
    }


def test_every_owned_table_is_looked_at(database: Connection[Any]) -> None:
    ownerless = {table for table, kinds in columns(database).items() if "owner" not in kinds}
    assert ownerless == WITHOUT_OWNER


def test_a_user_sees_their_own_rows_and_shared_market_data(database: Connection[Any]) -> None:
    for table in columns(database).keys() - WITHOUT_OWNER:
        with acting_as(database, "authenticated", ANN):
            query = sql.SQL("select owner from {} order by owner").format(sql.Identifier(table))
            seen = [owner for (owner,) in database.execute(query)]
        assert seen == ([SHARED, ANN] if table in MARKET else [ANN]), table


def test_a_user_changes_and_deletes_no_row_of_others(database: Connection[Any]) -> None:
    before = {table: rows_of(database, table) for table in columns(database)}
    for table, kinds in columns(database).items():
        with acting_as(database, "authenticated", ANN):
            for name in kinds:
                tried(database, f'update {{}} set "{name}" = "{name}"', table)
            touched = (
                tried(database, "update {} set owner = owner where owner <> 'ann'", table) if "owner" in kinds else 0
            )
            gone = tried(database, "delete from {}" + (" where owner <> 'ann'" if "owner" in kinds else ""), table)
            database.execute("reset role")
            assert (touched, gone) == (0, 0), table
            assert rows_of(database, table) == before[table], table


def test_a_user_adds_no_row_for_others(database: Connection[Any]) -> None:
    for table, kinds in columns(database).items():
        for owner in (BOB, SHARED):
            with acting_as(database, "authenticated", ANN), pytest.raises(errors.InsufficientPrivilege):
                insert(database, table, sample_row(kinds, owner, "another"))


def test_a_user_passes_no_row_of_their_own_to_others(database: Connection[Any]) -> None:
    for table in columns(database).keys() - WITHOUT_OWNER:
        with acting_as(database, "authenticated", ANN):
            assert tried(database, "update {} set owner = 'bob' where owner = 'ann'", table) == 0, table


def test_what_a_user_brings_is_never_taken_for_fetched(database: Connection[Any]) -> None:
    for table in MARKET:
        fetched = sample_row(columns(database)[table], ANN, "new") | {
            name: "yfinance" for name in ("source", "provider") if name in columns(database)[table]
        }
        with acting_as(database, "authenticated", ANN), pytest.raises(errors.InsufficientPrivilege):
            insert(database, table, fetched)


@pytest.mark.parametrize("role", ["authenticated", "service_role"])
@pytest.mark.parametrize("table", LEDGER)
@pytest.mark.parametrize("statement", ["update {} set owner = owner", "delete from {}", "truncate {}"])
def test_the_ledger_is_only_added_to(database: Connection[Any], role: str, table: str, statement: str) -> None:
    with acting_as(database, role, ANN), pytest.raises(errors.InsufficientPrivilege):
        database.execute(sql.SQL(statement).format(sql.Identifier(table)))


def test_a_session_stays_because_its_trials_would_go_with_it(database: Connection[Any]) -> None:
    with acting_as(database, "authenticated", ANN), pytest.raises(errors.InsufficientPrivilege):
        database.execute("delete from sessions")


def test_pinned_bars_are_seen_by_who_pinned_them(database: Connection[Any]) -> None:
    with acting_as(database, "authenticated", ANN):
        assert database.execute("select snapshot_id from bars_snapshots").fetchall() == [(ANN,)]


def test_strangers_have_no_right_but_to_read_the_schemas_number(database: Connection[Any]) -> None:
    rights = {
        (relation, privilege)
        for (relation,) in database.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')"
        ).fetchall()
        for privilege in PRIVILEGES
        if database.execute("select has_table_privilege('anon', %s, %s)", [f"public.{relation}", privilege]).fetchone()
        == (True,)
    }
    assert rights == {("schema_migrations", "select")}


def test_no_function_is_everybodys_to_call(database: Connection[Any]) -> None:
    for signature, *_ in database.execute(FUNCTIONS).fetchall():
        for role in ("anon", "public"):
            allowed = database.execute("select has_function_privilege(%s, %s, 'execute')", [role, signature]).fetchone()
            assert allowed == (False,), (role, signature)


def test_every_function_keeps_to_its_own_names(database: Connection[Any]) -> None:
    settings = """select proname from pg_proc where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
        and proconfig is distinct from array['search_path=""']"""
    assert database.execute(settings).fetchall() == []


def test_rights_of_its_own_has_only_what_pins_and_drops_bars(database: Connection[Any]) -> None:
    definers = "select oid::regproc::text from pg_proc where prosecdef and pronamespace <> 'pg_catalog'::regnamespace"
    assert sorted(database.execute(definers).fetchall()) == [("private.drop_unpinned",), ("private.pin_bars",)]


@pytest.mark.parametrize("claims", [{"aud": "another"}, {"aud": None}, {"exp": None}, {"sub": ""}, {"sub": None}])
def test_a_token_without_audience_end_or_subject_is_nobodys(database: Connection[Any], claims: dict[str, Any]) -> None:
    with acting_as(database, "authenticated", ANN, **claims):
        assert database.execute("select public.request_owner()").fetchone() == (None,)
        assert rows_of(database, "sessions") == []


def test_without_a_token_there_is_nothing_to_see(database: Connection[Any]) -> None:
    with acting_as(database, "authenticated"):
        assert rows_of(database, "sessions") == []


def test_bars_are_pinned_for_oneself_alone(database: Connection[Any]) -> None:
    for owner, bot in ((BOB, BOB), (BOB, ANN), (ANN, BOB)):
        with (
            acting_as(database, "authenticated", ANN),
            pytest.raises((errors.InsufficientPrivilege, errors.ForeignKeyViolation)),
        ):
            database.execute("select private.pin_bars(%s, %s, '[]', %s)", [owner, bot, f'["{owner}"]'])


def test_unpinned_bars_alone_are_dropped(database: Connection[Any]) -> None:
    with acting_as(database, "authenticated", ANN):
        database.execute("select private.drop_unpinned(array['ann', 'bob', 'shared'])")
        database.execute("reset role")
        assert len(rows_of(database, "bars_snapshots")) == 3


@pytest.mark.slow
def test_a_bare_database_needs_none_of_a_projects_roles(own_postgres: PostgresServer) -> None:
    dsn = own_postgres.create_database("bare")
    apply_migrations(dsn)
    with psycopg.connect(dsn) as connection:
        assert connection.execute("select count(*) from pg_roles where rolname = 'authenticated'").fetchone() == (0,)
        assert connection.execute("select public.list_bots('ann')").fetchone() == ("[]",)
