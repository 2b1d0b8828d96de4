"""Every fault of a database file is one clear sentence that names the file and says what to do."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from backend.domain.errors import InvalidInput, Unavailable
from backend.stores import Database, Stores, connect_database, open_database
from backend.stores.sql.upgrades import upgrade_steps
from tests.samples import flat_bars
from tests.stores.conftest import Opened
from tests.stores.samples import EVER, NOON, OWNER, make_bot, make_dataset, make_post, make_session

NOBODY = 65534


@pytest.fixture
def written(file: Path) -> Path:
    """A closed database with a session and a few hundred posts."""
    database = open_database(f"sqlite:///{file}")
    stores = Stores.over(database)
    stores.sessions.add_session(make_session())
    stores.posts.write_posts("file", [make_post(str(n), text="word " * 50) for n in range(300)])
    database.close()
    return file


@pytest.fixture
def locked(written: Path) -> Iterator[Path]:
    """A database in which somebody else is in the middle of a write."""
    with closing(sqlite3.connect(written, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield written


def use(file: Path) -> int:
    """Read and write all over the file; how many posts it held."""
    with closing(open_database(f"sqlite:///{file}")) as database:
        posts = Stores.over(database).posts
        read = posts.read_posts("file", "AAPL", "reddit", EVER)
        posts.write_posts("file", [make_post("new")])
    return len(read)


def refusal(file: Path) -> Unavailable:
    with pytest.raises(Unavailable, match=re.escape(str(file))) as refused:
        use(file)
    return refused.value


def test_a_sound_file_is_used(written: Path) -> None:
    assert use(written) == 300
    assert use(written) == 301


def test_a_locked_database_is_told_after_the_wait(locked: Path, opened: Opened) -> None:
    stores = Stores.over(opened(locked, busy_timeout=0.05))
    with pytest.raises(Unavailable, match="in use by another process") as refused:
        stores.posts.write_posts("file", [make_post("new")])
    assert "try again" in refused.value.hint


def test_a_locked_database_can_still_be_read(locked: Path, opened: Opened) -> None:
    stores = Stores.over(opened(locked, busy_timeout=0.05))
    assert stores.sessions.load_session(OWNER, "ses_1") == make_session()


def test_a_copy_that_somebody_reads_is_told_after_the_wait(written: Path, opened: Opened) -> None:
    # A backup may come without a write-ahead log, and it cannot be switched to one while another process reads it.
    with closing(sqlite3.connect(written, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN")
        other.execute("SELECT * FROM sessions").fetchall()
        with pytest.raises(Unavailable, match="in use by another process"):
            opened(written, busy_timeout=0.05)
    assert opened(written)


def test_a_writer_waits_for_the_one_before(written: Path, opened: Opened) -> None:
    stores = Stores.over(opened(written))
    script = (
        "import sqlite3, sys; other = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "other.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.readline(); other.execute('COMMIT')"
    )
    command = [sys.executable, "-c", script, str(written)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "locked\n"
        other.stdin.write("go\n")
        other.stdin.flush()
        assert stores.posts.write_posts("file", [make_post("new")]) == 1


def random_bytes(file: Path) -> None:
    file.write_bytes(np.random.default_rng(0).bytes(8192))


def a_text(file: Path) -> None:
    file.write_text("Date,Open,High,Low,Close\n" * 100)


def cut_in_half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def cut_within_the_header(file: Path) -> None:
    os.truncate(file, 60)


def overwritten_pages(file: Path) -> None:
    with file.open("r+b") as stored:
        stored.seek(4096)
        stored.write(b"\xff" * (file.stat().st_size - 4096))


@pytest.mark.parametrize("damage", [random_bytes, a_text, cut_in_half, cut_within_the_header, overwritten_pages])
def test_a_damaged_file_is_told_and_left_as_it_is(written: Path, damage: Callable[[Path], None]) -> None:
    damage(written)
    before = written.read_bytes()
    error = refusal(written)
    assert "is damaged or is not a database" in error.message
    assert "move it" in error.hint
    assert "restore a backup" in error.hint
    assert written.read_bytes() == before


def test_a_directory_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    assert "cannot be opened or written" in refusal(tmp_path).message


def test_a_file_in_place_of_the_directory_is_told(written: Path) -> None:
    with pytest.raises(Unavailable, match=r"The directory .* cannot be made"):
        use(written / "below" / "it.sqlite")


@contextmanager
def unprivileged() -> Iterator[None]:
    """Without the rights of root, who may read and write everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that everybody may enter and that only its owner may write to."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("mode", [0o000, 0o444], ids=["unreadable", "read-only"])
def test_a_file_of_somebody_else_is_told(written: Path, open_directory: Path, mode: int) -> None:
    file = Path(shutil.copy(written, open_directory / "theirs.sqlite"))
    file.chmod(mode)
    with unprivileged():
        assert "cannot be opened or written" in refusal(file).message


def test_a_directory_of_somebody_else_is_told(written: Path, open_directory: Path) -> None:
    (open_directory / "own").mkdir(mode=0o000)
    with unprivileged(), pytest.raises(Unavailable, match=r"The directory .* cannot be made \(Permission denied\)"):
        use(open_directory / "own" / "below" / "it.sqlite")


def test_a_url_of_no_file_is_refused() -> None:
    for url in ("sqlite://", "sqlite:///:memory:"):
        with pytest.raises(InvalidInput, match="names no file"):
            connect_database(url)


def test_a_url_of_an_unknown_kind_is_refused_without_its_password() -> None:
    with pytest.raises(InvalidInput, match='no store for databases of the kind "sqlight"') as refused:
        connect_database("sqlight://me:secret@host/db")
    assert refused.value.hint == 'did you mean "sqlite"?'
    assert "secret" not in refused.value.message


def test_a_text_that_is_no_url_is_refused() -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        connect_database("backproof.sqlite")


def rewrite(file: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        assert other.execute(statement, values).rowcount == 1


def test_a_record_of_a_newer_version_is_told(file: Path, stores: Stores) -> None:
    stores.sessions.add_session(make_session())
    rewrite(file, "UPDATE sessions SET document = json_set(document, '$.mood', 'fine')")
    with pytest.raises(Unavailable, match=r"stored session ses_1 cannot be read: .*mood") as refused:
        stores.sessions.load_session(OWNER, "ses_1")
    assert "update Backproof" in refused.value.hint


def test_a_document_that_is_no_json_is_told(file: Path, stores: Stores) -> None:
    stores.sessions.add_session(make_session())
    rewrite(file, "UPDATE sessions SET document = '{\"session_id\": '")
    with pytest.raises(Unavailable, match="stored document cannot be read"):
        stores.sessions.load_session(OWNER, "ses_1")


def test_changed_values_of_a_dataset_are_told(file: Path, with_sessions: Stores) -> None:
    dataset = make_dataset()
    with_sessions.datasets.store_datasets(OWNER, "ses_1", [dataset])
    rewrite(file, "UPDATE trading_datasets SET data = json_set(data, '$.posts[0]', 7777)")
    with pytest.raises(Unavailable, match=f"stored dataset {dataset.id} cannot be read: .* do not give its hash"):
        with_sessions.datasets.load_dataset(OWNER, dataset.id)


def test_changed_values_of_pinned_bars_are_told(file: Path, with_sessions: Stores) -> None:
    bars = flat_bars([1, 2, 3])
    with_sessions.bots.add_bot(make_bot(bars=(bars,)), [bars])
    (stored,) = _only_row(file, "SELECT data FROM bars_snapshots")
    changed = stored[:-8] + np.float64(999.0).tobytes()
    rewrite(file, "UPDATE bars_snapshots SET data = ?", changed)
    with pytest.raises(Unavailable, match="do not give its hash"):
        with_sessions.bots.load_snapshot(OWNER, bars.content_hash)
    rewrite(file, "UPDATE bars_snapshots SET data = ?", stored[:-3])
    with pytest.raises(Unavailable, match=r"stored snapshot .* of TEST cannot be read"):
        with_sessions.bots.load_snapshot(OWNER, bars.content_hash)


def test_impossible_stored_bars_are_told(file: Path, stores: Stores) -> None:
    bars = flat_bars([5])
    stores.market.write_bars(bars, EVER)
    rewrite(file, "UPDATE market_bars SET low = 9")
    with pytest.raises(Unavailable, match=r"stored series of 1d bars of TEST from test cannot be read: .* enclose"):
        stores.market.read_bars("TEST", bars.timeframe, "test", EVER)


def _only_row(file: Path, query: str) -> tuple[bytes]:
    with closing(sqlite3.connect(file)) as other:
        row: tuple[bytes] = other.execute(query).fetchone()
    return row


def test_text_that_is_no_unicode_is_refused(stores: Stores) -> None:
    with pytest.raises(InvalidInput, match="cannot be stored"):
        stores.sessions.append_event("ses_\ud83d", "step", "notice", {}, NOON)


def _delete_and_fail(database: Database) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM schema_migrations")
        raise ZeroDivisionError


def test_a_failed_write_leaves_no_transaction_behind(database: Database, stores: Stores) -> None:
    with pytest.raises(ZeroDivisionError):
        _delete_and_fail(database)
    stores.sessions.add_session(make_session())
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM schema_migrations").scalar() == len(upgrade_steps())


def test_a_closed_database_may_be_used_again(database: Database, stores: Stores) -> None:
    stores.sessions.add_session(make_session())
    database.close()
    assert stores.sessions.load_session(OWNER, "ses_1") == make_session()
