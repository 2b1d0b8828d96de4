"""Several processes on one server, and a writer or the server itself killed while something is written."""

from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import numpy as np
import pytest

from backend.domain.errors import Unavailable
from backend.domain.timeframes import Timeframe
from backend.stores import Database, Stores, connect_database, migrate, open_database
from backend.stores.sql.upgrades import server_steps
from tests.servers.postgres import PostgresServer
from tests.servers.waiting import wait_until
from tests.stores.samples import EVER, OWNER, as_row, make_opening, make_post, make_run, make_session
from tests.stores.sql.processes import race, writer
from tests.stores.writers import BATCH, DAYS, EVENTS

pytestmark = pytest.mark.slow


@pytest.fixture
def url(postgres_url: str, server: Database) -> str:
    """A database with a session, as processes name it."""
    Stores.over(server).sessions.add_session(make_session())
    return postgres_url


@pytest.fixture
def stores(server: Database) -> Stores:
    return Stores.over(server)


@pytest.fixture
def own_url(own_postgres: PostgresServer) -> str:
    """A database of a durable server that the test may kill."""
    address = own_postgres.create_database(f"stores_{uuid4().hex}")
    with closing(connect_database(address)) as database:
        migrate(database)
    return address


@pytest.fixture
def own_stores(own_url: str) -> Iterator[Stores]:
    with closing(open_database(own_url)) as database:
        yield Stores.over(database)


def nobody_else_is_connected(database: Database) -> bool:
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with database.reading() as connection:
        return connection.exec_driver_sql(others).scalar() == 0


def test_an_empty_database_is_migrated_once_by_processes_that_start_together(empty_postgres_url: str) -> None:
    said = race([("migrate_it", empty_postgres_url)] * 3)
    assert sorted(said) == [("0\n", "")] * 2 + [(f"{len(server_steps())}\n", "")]


def test_events_of_several_processes_get_ids_without_gap_or_repeat(url: str, stores: Stores) -> None:
    said = race([("append_events", url, name) for name in ("a", "b", "c")])
    assert said == [("", "")] * 3
    events = stores.sessions.list_events("ses_1", 0)
    # 3 writers with 25 steps of their own, and 25 steps that all of them use
    assert [event.id for event in events] == list(range(1, 4 * EVENTS + 1))


def test_the_same_data_written_by_several_processes_is_stored_once(url: str, stores: Stores) -> None:
    said = race([("store_all", url, name) for name in ("a", "b", "c")])
    assert [errors for _, errors in said] == [""] * 3
    added = [tuple(map(int, output.split())) for output, _ in said]
    assert [sum(counts) for counts in zip(*added, strict=True)] == [3, BATCH]
    assert len(stores.datasets.session_datasets(OWNER, "ses_1")) == 3
    assert [span.posts for span in stores.posts.post_spans()] == [BATCH]


def test_one_range_written_by_two_processes_holds_the_bars_of_one(url: str, stores: Stores) -> None:
    said = race([("write_range", url, "1", str(DAYS)), ("write_range", url, "2", str(DAYS // 2))])
    assert said == [("", "")] * 2
    bars = stores.market.read_bars("TEST", Timeframe.DAY, "test", EVER)
    assert bars is not None
    price, count = bars.close[0], len(bars)
    assert (price, count) in {(1.0, DAYS), (2.0, DAYS // 2)}
    assert np.unique(bars.close).tolist() == [price]
    (held,) = stores.market.series("TEST", Timeframe.DAY)
    assert held.covered == (EVER,)


def test_of_two_conclusions_from_one_ledger_one_must_count_again(url: str, stores: Stores) -> None:
    for name in ("a", "b"):
        stores.sessions.add_session(make_session(f"ses_{name}"))
    said = race([("conclude", url, name) for name in ("a", "b")])
    assert sorted(output for output, _ in said) == ["", "concluded\n"]
    (refusal,) = [errors for _, errors in said if errors]
    assert "The ledger has 1 openings" in refusal
    assert len(stores.ledger.list_openings(OWNER)) == 1


def test_a_writer_killed_in_mid_batch_leaves_all_that_was_committed_and_nothing_else(
    url: str, server: Database, stores: Stores
) -> None:
    with writer("stop_in_mid_batch", url) as victim:
        assert victim.read() == "ready"
        victim.process.kill()
    assert wait_until(lambda: nobody_else_is_connected(server))
    assert stores.posts.read_posts("file", "AAPL", "reddit", EVER) == ()
    assert stores.runs.load_run(OWNER, "run_before") == make_run("run_before")
    assert [as_row(opening) for opening in stores.ledger.list_openings(OWNER)] == [as_row(make_opening("opn_before"))]


@pytest.mark.parametrize("batches", [1, 5])
def test_a_busy_writer_killed_at_any_moment_leaves_whole_batches(
    url: str, server: Database, stores: Stores, batches: int
) -> None:
    with writer("write_posts_for_ever", url) as victim:
        for _ in range(batches):
            said = victim.read()
        victim.process.kill()
    assert wait_until(lambda: nobody_else_is_connected(server))
    (span,) = stores.posts.post_spans()
    assert span.posts % BATCH == 0
    assert span.posts >= int(said) * BATCH
    assert span.posts == len(stores.posts.read_posts("file", "AAPL", "reddit", EVER))


def test_a_server_killed_while_bars_are_written_keeps_one_whole_version(
    own_postgres: PostgresServer, own_url: str, own_stores: Stores
) -> None:
    with writer("write_bars_for_ever", own_url) as busy:
        for _ in range(3):
            said = busy.read()
        own_postgres.kill9()
        _, errors = busy.finish()
    assert "does not answer" in errors
    own_postgres.start()
    bars = own_stores.market.read_bars("TEST", Timeframe.DAY, "test", EVER)
    assert bars is not None
    assert len(bars) == DAYS
    (price,) = np.unique(bars.close).tolist()
    assert price >= int(said)


def test_a_server_killed_while_posts_are_written_keeps_whole_batches(
    own_postgres: PostgresServer, own_url: str, own_stores: Stores
) -> None:
    with writer("write_posts_for_ever", own_url) as busy:
        for _ in range(3):
            said = busy.read()
        own_postgres.kill9()
        busy.finish()
    own_postgres.start()
    (span,) = own_stores.posts.post_spans()
    assert span.posts % BATCH == 0
    assert span.posts >= int(said) * BATCH
    assert len(own_stores.posts.read_posts("file", "AAPL", "reddit", EVER)) == span.posts
    # What was told as stored is not added again, and what was not is.
    assert own_stores.posts.write_posts("file", [make_post("0:0"), make_post("after")]) == 1


def test_stores_go_on_when_the_server_is_back(own_postgres: PostgresServer, own_stores: Stores) -> None:
    own_stores.sessions.add_session(make_session())
    own_postgres.kill9()
    for _ in range(2):
        with pytest.raises(Unavailable, match="does not answer"):
            own_stores.sessions.load_session(OWNER, "ses_1")
        with pytest.raises(Unavailable, match="does not answer"):
            own_stores.posts.write_posts("file", [make_post("lost")])
    own_postgres.start()
    assert own_stores.sessions.load_session(OWNER, "ses_1") == make_session()
    assert own_stores.posts.write_posts("file", [make_post("kept")]) == 1
    own_postgres.restart()
    assert [span.posts for span in own_stores.posts.post_spans()] == [1]
