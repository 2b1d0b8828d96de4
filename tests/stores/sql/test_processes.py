"""Several processes on one file, and processes that are killed while they write."""

import sqlite3
from pathlib import Path

import pytest

from backend.domain.errors import Conflict
from backend.stores import Stores
from backend.stores.sql.upgrades import upgrade_steps
from tests.stores.conftest import Opened
from tests.stores.samples import EVER, OWNER, as_row, make_call, make_opening, make_reply, make_run, make_session
from tests.stores.sql.processes import race, writer
from tests.stores.writers import BATCH, EVENTS

pytestmark = pytest.mark.slow


@pytest.fixture
def url(file: Path, with_sessions: Stores) -> str:
    """A database with a session, as processes name it."""
    return f"sqlite:///{file}"


def healthy(file: Path) -> bool:
    with sqlite3.connect(file) as connection:
        checks = [
            connection.execute(f"PRAGMA {check}").fetchall() for check in ("integrity_check", "foreign_key_check")
        ]
    connection.close()
    return checks == [[("ok",)], []]


def test_an_empty_file_is_migrated_once_by_processes_that_start_together(tmp_path: Path) -> None:
    file = tmp_path / "fresh" / "new.sqlite"
    said = race([("migrate_it", f"sqlite:///{file}")] * 4)
    assert sorted(said) == [("0\n", "")] * 3 + [(f"{len(upgrade_steps())}\n", "")]
    assert healthy(file)


def test_events_of_several_processes_get_ids_without_gap_or_repeat(url: str, stores: Stores) -> None:
    said = race([("append_events", url, name) for name in ("a", "b", "c")])
    assert said == [("", "")] * 3
    events = stores.sessions.list_events("ses_1", 0)
    # 3 writers with 25 steps of their own, and 25 steps that all of them use
    assert [event.id for event in events] == list(range(1, 4 * EVENTS + 1))


def test_the_same_data_written_by_several_processes_is_stored_once(url: str, file: Path, stores: Stores) -> None:
    said = race([("store_all", url, name) for name in ("a", "b", "c")])
    assert [errors for _, errors in said] == [""] * 3
    added = [tuple(map(int, output.split())) for output, _ in said]
    assert [sum(counts) for counts in zip(*added, strict=True)] == [3, BATCH]
    assert len(stores.datasets.session_datasets(OWNER, "ses_1")) == 3
    assert len(stores.posts.read_posts("file", "AAPL", "reddit", EVER)) == BATCH
    assert healthy(file)


def test_of_two_conclusions_from_one_ledger_one_must_count_again(url: str, stores: Stores) -> None:
    for name in ("a", "b"):
        stores.sessions.add_session(make_session(f"ses_{name}"))
    said = race([("conclude", url, name) for name in ("a", "b")])
    assert sorted(output for output, _ in said) == ["", "concluded\n"]
    (refusal,) = [errors for _, errors in said if errors]
    assert "The ledger has 1 openings" in refusal
    (opening,) = stores.ledger.list_openings(OWNER)
    other = {"opn_a": "ses_b", "opn_b": "ses_a"}[opening.id]
    assert stores.sessions.load_session(OWNER, other).status == "running"


def test_a_writer_killed_in_mid_batch_leaves_all_that_was_committed_and_nothing_else(
    file: Path, url: str, opened: Opened
) -> None:
    with writer("stop_in_mid_batch", url) as victim:
        assert victim.read() == "ready"
        victim.process.kill()
    stores = Stores.over(opened(file))
    assert stores.posts.post_spans() == ()
    assert stores.runs.load_run(OWNER, "run_before") == make_run("run_before")
    assert [as_row(opening) for opening in stores.ledger.list_openings(OWNER)] == [as_row(make_opening("opn_before"))]
    assert healthy(file)
    stores.runs.add_run(make_run("run_after"), [])


def test_a_call_of_a_model_whose_process_was_killed_stays_reserved(url: str, opened: Opened, file: Path) -> None:
    with writer("stop_between_calls", url) as victim:
        assert victim.read() == "ready"
        victim.process.kill()
    models = Stores.over(opened(file)).models
    assert models.list_calls(OWNER, "ses_1") == (make_call(1, status="answered"), make_call(2, request_hash="h2"))
    assert models.find_reply(OWNER, "h1") == make_reply()
    assert models.find_reply(OWNER, "h2") is None
    with pytest.raises(Conflict, match="has a call 2"):
        models.reserve(OWNER, make_call(2))
    models.reserve(OWNER, make_call(3))


@pytest.mark.parametrize("batches", [1, 3, 8])
def test_a_busy_writer_killed_at_any_moment_leaves_whole_batches(
    file: Path, url: str, opened: Opened, batches: int
) -> None:
    with writer("write_posts_for_ever", url) as victim:
        for _ in range(batches):
            said = victim.read()
        victim.process.kill()
    (span,) = Stores.over(opened(file)).posts.post_spans()
    assert span.posts % BATCH == 0
    assert span.posts >= int(said) * BATCH
    assert healthy(file)
