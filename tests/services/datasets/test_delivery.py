"""A store that is away costs a notice: the datasets wait on this machine until it answers, and are stored once."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from backend.domain.errors import NotFound, Unavailable
from backend.stores import connect_database, migrate, open_database
from tests.programs import Program, running
from tests.servers.postgres import PostgresServer
from tests.services.datasets.desk import ME, Desk, add_sessions, stores_over


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another program writes to the database and does not end."""
    with closing(sqlite3.connect(folder / "backproof.sqlite", isolation_level=None)) as writer:
        writer.execute("begin immediate")
        yield
        writer.execute("rollback")


def test_datasets_wait_while_the_store_cannot_be_written(desk: Desk) -> None:
    expected = desk.prefetch(session=None)
    with locked(desk.folder):
        found = desk.prefetch()
        assert any("2 datasets could not be stored yet and wait on this machine" in n for n in found.notices)
        assert [d.content_hash for d in found.datasets] == [d.content_hash for d in expected.datasets]
        with pytest.raises(Unavailable, match="datasets of session ses_1 wait on this machine") as told:
            desk.manager.associate_with_bot(ME, "ses_1")
        assert "nothing is lost" in told.value.hint
        assert desk.stored == []
    ids = [d.id for d in found.datasets]
    assert [link.id for link in desk.manager.associate_with_bot(ME, "ses_1", ())] == []
    assert desk.stored == desk.linked() == ids
    assert desk.outbox.waiting() == ()


def test_what_waits_is_stored_before_the_next_batch(desk: Desk) -> None:
    with locked(desk.folder):
        desk.prefetch(channels=["reddit"])
        desk.prefetch(session="ses_2", channels=["twitter"])
        assert [b.session_id for b in desk.outbox.waiting()] == ["ses_1", "ses_2"]
    later = desk.next_process()
    third = later.prefetch(session="ses_3", channels=["news"])
    assert later.counters.dataset_writes == 3
    assert later.stored == [*later.linked("ses_1"), *later.linked("ses_2"), third.datasets[0].id]


def test_the_next_process_stores_it_at_its_first_use(desk: Desk) -> None:
    with locked(desk.folder):
        made = desk.prefetch()
    later = desk.next_process()
    later.prefetch(session=None)
    assert later.stored == [d.id for d in made.datasets]
    assert later.counters.source_calls == 0


def test_the_causality_check_finds_the_posts_of_datasets_that_waited(desk: Desk) -> None:
    with locked(desk.folder):
        (dataset,) = desk.prefetch(channels=["reddit"]).datasets
        expected = desk.manager.scored_posts(dataset)
    later = desk.next_process()
    (again,) = later.prefetch(session="ses_2", channels=["reddit"]).datasets
    assert later.manager.scored_posts(again).sentiment.tolist() == expected.sentiment.tolist()


def test_a_batch_for_another_database_keeps_nobody_waiting(desk: Desk, elsewhere: Desk) -> None:
    with elsewhere.stores.datasets._database.writing() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("delete from sessions where session_id = 'ses_1'")
    with locked(desk.folder):
        desk.prefetch()
    moved = Desk(elsewhere.stores, desk.folder)
    assert moved.prefetch(session="ses_2").datasets
    assert [b.session_id for b in moved.outbox.waiting()] == ["ses_1"]
    with pytest.raises(Unavailable, match="the store does not know this session"):
        moved.manager.associate_with_bot(ME, "ses_1")
    back = desk.next_process()
    assert len(back.manager.associate_with_bot(ME, "ses_1")) == 2


def test_a_session_that_does_not_exist_is_refused_and_blocks_nobody(desk: Desk) -> None:
    with pytest.raises(NotFound, match="ses_77"):
        desk.prefetch(session="ses_77")
    assert desk.outbox.waiting() == ()
    assert desk.prefetch(session="ses_2").datasets


def test_rubbish_in_the_outbox_is_named_once_and_kept(desk: Desk) -> None:
    with locked(desk.folder):
        desk.prefetch()
    (desk.folder / "outbox" / "00000009-0123456789abcdef0123456789abcdef.json").write_text("rubbish")
    later = desk.next_process()
    notices = later.prefetch(session="ses_2").notices
    assert [n for n in notices if "held no datasets that can be read; it is kept there" in n]
    assert not [n for n in later.prefetch(session="ses_3").notices if "held no datasets" in n]
    assert [path.name for path in (desk.folder / "outbox").iterdir()] == [
        "00000009-0123456789abcdef0123456789abcdef.json.unreadable"
    ]
    assert len(later.linked("ses_1")) == 2


def test_datasets_that_are_safe_nowhere_are_an_error(desk: Desk) -> None:
    (desk.folder / "outbox").write_text("not a folder")
    with locked(desk.folder), pytest.raises(Unavailable, match="is in use by another process"):
        desk.prefetch()
    assert len(desk.prefetch().datasets) == len(desk.linked()) == 2  # the store alone is enough


@contextmanager
def programs(folder: Path, *wanted: tuple[str, str]) -> Iterator[list[Program]]:
    """Programs of ``tests.services.datasets.programs``, each with its session, that could begin."""
    with ExitStack() as stack:
        started = [
            stack.enter_context(running("tests.services.datasets.programs", name, str(folder), session))
            for name, session in wanted
        ]
        assert [program.read() for program in started] == ["ready"] * len(wanted)
        for program in started:
            program.go()
        yield started


def result(program: Program) -> str:
    """What it says, without what it logs before."""
    return program.read().rpartition("] ")[2]


@pytest.mark.slow
def test_two_processes_with_the_same_goal_store_one_version_each(desk: Desk) -> None:
    with programs(desk.folder, ("prefetch", "ses_1"), ("prefetch", "ses_2")) as started:
        told = [result(program).split() for program in started]
        assert [program.process.wait(60) for program in started] == [0, 0]
    assert told[0] == told[1] == sorted(desk.stored)
    assert sorted(desk.linked("ses_1")) == sorted(desk.linked("ses_2")) == told[0]


@pytest.mark.slow
def test_a_process_killed_before_it_could_store_loses_nothing(desk: Desk) -> None:
    with locked(desk.folder), programs(desk.folder, ("prefetch_while_locked", "ses_1")) as (program,):
        while "wait on this machine" not in (line := program.read()):
            assert program.process.poll() is None, line
    assert desk.stored == []
    with programs(desk.folder, ("flush", "ses_1"), ("flush", "ses_1")) as flushing:
        written = [int(result(each)) for each in flushing]
        assert [each.process.wait(60) for each in flushing] == [0, 0]
    assert sum(written) == len(desk.stored) == len(desk.linked()) == 2
    assert desk.outbox.waiting() == ()


@pytest.mark.slow
def test_a_server_that_stops_loses_nothing(own_postgres: PostgresServer, tmp_path: Path) -> None:
    dsn = own_postgres.create_database("outbox")
    with closing(connect_database(dsn)) as empty:
        migrate(empty)
    with closing(open_database(dsn)) as database:
        stores = stores_over(database)
        add_sessions(stores)
        desk = Desk(stores, tmp_path)
        desk.prefetch(session="ses_5")
        own_postgres.kill9()
        found = desk.prefetch(session="ses_1")
        assert any("wait on this machine" in notice for notice in found.notices)
        own_postgres.start()
        assert len(desk.manager.associate_with_bot(ME, "ses_1")) == 2
        assert desk.outbox.waiting() == ()
        assert desk.stored == [d.id for d in found.datasets]
