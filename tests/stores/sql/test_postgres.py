"""What is special to PostgreSQL: its schema, its faults, and how many statements a call costs."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert

from backend.domain.errors import Conflict, InvalidInput, Unavailable
from backend.stores import Database, Stores, connect_database, migrate, open_database, pending_steps
from backend.stores.sql.tables import METADATA, session_datasets
from backend.stores.sql.upgrades import Step, server_steps, upgrade_steps
from tests.samples import aapl_bars
from tests.servers.waiting import wait_until
from tests.stores.samples import (
    EVER,
    NOON,
    OWNER,
    make_dataset,
    make_days,
    make_post,
    make_session,
)

NUMBERS = [step.number for step in server_steps()]
NEXT = Step(29990101000000, "add a note", ("ALTER TABLE sessions ADD COLUMN note text",))
BROKEN = Step(29990101000000, "break", ("ALTER TABLE sessions ADD COLUMN note text", "ALTER TABLE nowhere ADD x text"))


@pytest.fixture
def stores(server: Database) -> Stores:
    return Stores.over(server, OWNER)


@pytest.fixture
def empty(empty_postgres_url: str) -> Iterator[Database]:
    with closing(connect_database(empty_postgres_url)) as database:
        yield database


def test_the_migrations_lead_to_the_very_schema_of_the_tables(server: Database) -> None:
    with server.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        assert compare_metadata(context, METADATA) == []


def test_a_second_migration_finds_nothing_to_do(empty: Database) -> None:
    names = pending_steps(empty)
    assert names[0] == "20261121100000 tables"
    assert migrate(empty) == names
    assert migrate(empty) == pending_steps(empty) == ()
    with empty.reading() as connection:
        rows = connection.exec_driver_sql("SELECT number, name FROM schema_migrations ORDER BY number").all()
    assert tuple(f"{number} {name}" for number, name in rows) == names


def test_a_server_is_not_migrated_unasked(empty_postgres_url: str, empty: Database) -> None:
    with pytest.raises(Unavailable, match=f"not at the present schema: {len(NUMBERS)} steps are pending") as refused:
        open_database(empty_postgres_url)
    assert "backproof data migrate" in refused.value.hint
    migrate(empty, server_steps()[:1])
    if len(NUMBERS) > 1:
        with pytest.raises(Unavailable, match=f"from {NUMBERS[1]} "):
            open_database(empty_postgres_url)
    migrate(empty)
    open_database(empty_postgres_url).close()


def test_a_newer_schema_is_refused(postgres_url: str, server: Database) -> None:
    migrate(server, [*server_steps(), NEXT])
    with pytest.raises(Unavailable, match=f"has schema {NEXT.number}, and this version of Backproof knows") as refused:
        open_database(postgres_url)
    assert "update Backproof" in refused.value.hint
    with pytest.raises(Unavailable, match="has schema"):
        migrate(server)


def test_a_step_that_fails_leaves_the_schema_as_it_was(server: Database) -> None:
    with pytest.raises(Unavailable, match='relation "nowhere" does not exist'):
        migrate(server, [*server_steps(), BROKEN])
    assert migrate(server, [*server_steps(), NEXT]) == (f"{NEXT.number} add a note",)


def test_a_database_without_its_schema_is_told(empty: Database) -> None:
    with pytest.raises(Unavailable, match="lacks a part of its schema") as refused:
        Stores.over(empty).sessions.session_lines(OWNER, 1)
    assert "backproof data migrate" in refused.value.hint


def test_the_short_name_of_the_kind_is_understood(postgres_url: str) -> None:
    with closing(open_database(postgres_url.replace("postgresql://", "postgres://"))) as database:
        assert Stores.over(database).sessions.session_lines(OWNER, 1) == ()


@contextmanager
def traced(database: Database, file: Path) -> Iterator[Callable[[], int]]:
    """Write down what the only connection of the database sends; how many questions it has asked so far."""
    with database.asking() as connection:
        wire: Any = connection.connection.driver_connection
    with file.open("w") as trace:
        wire.pgconn.trace(trace.fileno())
        yield lambda: len(re.findall(r"\tF\t\d+\t(?:Query|Sync)", file.read_text()))
        wire.pgconn.untrace()


def test_any_number_of_datasets_is_one_round_trip(server: Database, stores: Stores, tmp_path: Path) -> None:
    stores.sessions.add_session(make_session())
    datasets = [make_dataset(symbol, days=make_days(250)) for symbol in ("AAPL", "IBM", "MSFT")]
    with traced(server, tmp_path / "trace") as asked:
        assert stores.datasets.store_datasets(OWNER, "ses_1", datasets) == 3
        assert asked() == 1


def test_a_series_is_read_in_one_round_trip(server: Database, stores: Stores, tmp_path: Path) -> None:
    stores.posts.write_posts("file", [make_post()])
    with traced(server, tmp_path / "trace") as asked:
        aapl = stores.datasets.read_series(OWNER, "AAPL", "reddit", make_dataset().timeframe, "finance_lexicon/1")
        assert len(aapl.spans) == 1
        assert asked() == 1


def test_bars_are_read_in_one_round_trip(server: Database, stores: Stores, tmp_path: Path) -> None:
    stores.market.write_bars(aapl_bars(), EVER)
    with traced(server, tmp_path / "trace") as asked:
        assert stores.market.read_bars("AAPL", aapl_bars().timeframe, "sample", EVER) is not None
        assert stores.market.series("AAPL", aapl_bars().timeframe) != ()
        assert asked() == 2


def test_nothing_is_half_stored_when_a_version_contradicts(server: Database, stores: Stores) -> None:
    stores.sessions.add_session(make_session())
    broken = make_dataset("IBM", id="dst_nul\0")
    with pytest.raises(InvalidInput, match="cannot be stored"):
        stores.datasets.store_datasets(OWNER, "ses_1", [make_dataset(), broken])
    assert stores.datasets.session_datasets(OWNER, "ses_1") == ()


def test_the_character_nul_is_refused(stores: Stores) -> None:
    with pytest.raises(InvalidInput, match="cannot be stored"):
        stores.posts.write_posts("file", [make_post("a"), make_post("b", text="half\0text")])
    with pytest.raises(InvalidInput, match="cannot be stored"):
        stores.sessions.add_session(make_session("ses_\0"))
    stores.sessions.add_session(make_session())
    with pytest.raises(InvalidInput, match="cannot be stored"):
        stores.sessions.append_event("ses_1", "step", "notice", {"text": "half\0text"}, NOON)
    assert stores.posts.post_spans() == ()
    assert stores.sessions.list_events("ses_1", 0) == ()


def test_a_time_that_a_server_does_not_know_is_told(stores: Stores) -> None:
    with pytest.raises(InvalidInput, match="has no time zone"):
        stores.sessions.add_session(make_session(created_at=NOON.replace(tzinfo=None)))


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_server_that_is_away_is_told_without_the_password() -> None:
    port = closed_port()
    with pytest.raises(Unavailable, match=rf"backproof on 127\.0\.0\.1:{port} does not answer \(.*refused") as refused:
        open_database(f"postgresql://me:secret@127.0.0.1:{port}/backproof")
    assert "BACKPROOF_DATABASE_URL" in refused.value.hint
    assert "secret" not in refused.value.message + refused.value.hint + repr(refused.value)


@pytest.mark.parametrize("wrong", ["user", "database"])
def test_a_refused_login_is_told(postgres_url: str, wrong: str) -> None:
    parts = urlsplit(postgres_url)
    there = {"user": "postgres", "database": parts.path[1:]} | {wrong: "nobody_here"}
    url = f"postgresql://{there['user']}:secret@{parts.hostname}:{parts.port}/{there['database']}"
    with pytest.raises(Unavailable, match=r'refused the connection \(.*"nobody_here" does not exist\)') as refused:
        open_database(url)
    assert "check user, password and database name" in refused.value.hint


@pytest.mark.parametrize("url", ["postgresql://host", "postgresql://me:secret@host:port/db"])
def test_a_url_that_leads_nowhere_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        connect_database(url)
    assert "secret" not in refused.value.message


def test_what_a_user_may_not_do_is_told(postgres_url: str, server: Database) -> None:
    with server.writing() as connection:
        connection.exec_driver_sql("GRANT USAGE ON SCHEMA public TO authenticated")
        connection.exec_driver_sql("REVOKE ALL ON sessions FROM authenticated")
    url = f"{postgres_url}?options=-c%20role%3Dauthenticated"
    with (
        closing(connect_database(url)) as database,
        pytest.raises(Unavailable, match=r"does not allow this to its user \(permission denied"),
    ):
        Stores.over(database).sessions.session_lines(OWNER, 1)


def disconnect(url: str) -> int:
    """End every other connection to the database; how many there were."""
    with psycopg.connect(url, autocommit=True) as connection:
        ended = "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
        row = connection.execute(f"{ended} WHERE datname = current_database() AND pid <> pg_backend_pid()").fetchone()
    assert row is not None
    return int(row[0])


def test_a_connection_that_the_server_closed_is_replaced_before_it_is_used(postgres_url: str, stores: Stores) -> None:
    stores.sessions.add_session(make_session())
    assert disconnect(postgres_url) >= 1
    assert stores.sessions.load_session(OWNER, "ses_1") == make_session()


def test_a_connection_that_breaks_in_a_write_is_told_and_leaves_nothing(
    postgres_url: str, server: Database, stores: Stores
) -> None:
    def write() -> None:
        with server.writing() as connection:
            connection.exec_driver_sql("INSERT INTO schema_migrations VALUES (1, 'half', now())")
            disconnect(postgres_url)
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(Unavailable, match="does not answer"):
        write()
    with server.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM schema_migrations").scalar() == len(NUMBERS)
    stores.sessions.add_session(make_session())


def test_who_waits_too_long_for_a_lock_is_told(postgres_url: str, stores: Stores, server: Database) -> None:
    stores.sessions.add_session(make_session())
    with closing(connect_database(postgres_url, busy_timeout=0.05)) as hasty, server.writing("session ses_1"):
        with pytest.raises(Unavailable, match="in use by another process") as refused:
            Stores.over(hasty).sessions.save_session(make_session())
        Stores.over(hasty).sessions.add_session(make_session("ses_2"))
    assert "try again" in refused.value.hint


def test_locks_are_taken_in_one_order(server: Database) -> None:
    def swap(first: str, second: str) -> None:
        for _ in range(20):
            with server.writing(first, second):
                pass

    threads = [Thread(target=swap, args=names) for names in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)


def test_writers_that_wait_for_each_other_are_told_to_try_again(server: Database) -> None:
    told: list[str] = []

    def insert(first: int, second: int, meet: list[Event]) -> None:
        try:
            with server.writing() as connection:
                connection.exec_driver_sql(f"INSERT INTO schema_migrations VALUES ({first}, 'a', now())")
                meet[0].set()
                meet[1].wait(60)
                connection.exec_driver_sql(f"INSERT INTO schema_migrations VALUES ({second}, 'b', now())")
        except (Unavailable, Conflict) as error:
            told.append(f"{error.message} {error.hint}")

    events = [Event(), Event()]
    threads = [
        Thread(target=insert, args=(1, 2, events)),
        Thread(target=insert, args=(2, 1, events[::-1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    (message,) = [line for line in told if "deadlock" in line]
    assert "try again; nothing was stored by this one" in message


@pytest.mark.parametrize("posts", [1, 256, 5_000])
def test_a_post_is_found_by_its_key_before_the_server_has_counted(server: Database, stores: Stores, posts: int) -> None:
    stores.posts.write_posts("file", [make_post(str(n)) for n in range(posts)])
    key = {"provider": "file", "channel": "reddit", "symbol": "AAPL", "owner": OWNER, "id": "7"}
    named = " AND ".join(f"{name} = '{value}'" for name, value in key.items())
    with server.asking() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN SELECT 1 FROM posts WHERE {named}").scalars().all()
    assert "pk_posts" in plan[0]


def waiting(database: Database) -> int:
    """How many connections to the database wait for a lock."""
    blocked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.asking() as connection:
        return int(connection.exec_driver_sql(blocked).scalar_one())


def test_a_version_that_a_session_takes_up_while_orphans_are_deleted_stays(server: Database, stores: Stores) -> None:
    orphan = make_dataset()
    stores.sessions.add_session(make_session())
    stores.datasets.store_datasets(OWNER, "ses_1", [orphan])
    stores.sessions.save_session(make_session(status="done"))
    stores.sessions.add_session(make_session("ses_2"))
    deleted: list[int] = []

    def clean() -> None:
        deleted.append(stores.datasets.delete_orphans(OWNER, [orphan.id], NOON + timedelta(days=1)))

    with server.writing() as connection:
        link = {"session_id": "ses_2", "dataset_id": orphan.id, "owner": OWNER}
        connection.execute(insert(session_datasets), link)
        thread = Thread(target=clean)
        thread.start()
        assert wait_until(lambda: waiting(server) == 1)
    thread.join(60)
    assert deleted == [0]
    assert [found.id for found in stores.datasets.session_datasets(OWNER, "ses_2")] == [orphan.id]


def test_reads_inside_one_view_see_one_moment(server: Database, stores: Stores) -> None:
    with server.reading() as connection:
        count = "SELECT count(*) FROM sessions"
        assert connection.exec_driver_sql(count).scalar() == 0
        stores.sessions.add_session(make_session())
        assert connection.exec_driver_sql(count).scalar() == 0


def test_real_bars_written_by_copy_are_those_of_a_select(server: Database, stores: Stores) -> None:
    stores.market.write_bars(aapl_bars(), EVER)
    with server.reading() as connection:
        query = "SELECT count(*), min(session), max(session), min(\"end\") FROM market_bars WHERE symbol = 'AAPL'"
        count, first, last, end = connection.exec_driver_sql(query).one()
    bars = aapl_bars()
    assert (count, str(first), str(last)) == (len(bars), str(bars.session[0]), str(bars.session[-1]))
    assert end == int(bars.end[0].astype("int64"))


def test_sqlite_and_servers_count_their_steps_apart() -> None:
    assert max(step.number for step in upgrade_steps()) < min(NUMBERS)
    assert sorted(set(NUMBERS)) == NUMBERS
    assert all(len(str(number)) == 14 for number in NUMBERS)
