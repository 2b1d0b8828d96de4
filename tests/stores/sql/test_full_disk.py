"""A disk without space loses nothing that was stored, and the store goes on when there is space again."""

import os
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from backend.domain.errors import Unavailable
from backend.stores import Stores, open_database
from tests.stores.conftest import Opened
from tests.stores.samples import EVER, OWNER, as_row, make_opening, make_post, make_run, make_session

MEGABYTE = 1 << 20
BATCH = 50


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if os.getuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("mounting a small disk needs root")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def fill(stores: Stores) -> None:
    """Write batches of posts until one is refused."""
    for batch in count():
        posts = [make_post(f"{batch}:{n}", text="word " * 100) for n in range(BATCH)]
        stores.posts.write_posts("file", posts)


def test_a_full_disk_loses_nothing(small_disk: Path, opened: Opened) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(MEGABYTE // 5))
    file = small_disk / "backproof.sqlite"
    database = opened(file)
    stores = Stores.over(database)
    stores.sessions.add_session(make_session())
    stores.runs.add_run(make_run(), [make_opening()])

    with pytest.raises(Unavailable, match="no space left") as refused:
        fill(stores)

    assert "everything stored before is kept" in refused.value.hint
    (span,) = stores.posts.post_spans()
    assert span.posts % BATCH == 0
    for reopened in (stores, Stores.over(opened(file))):
        assert len(reopened.posts.read_posts("file", "AAPL", "reddit", EVER)) == span.posts
        assert reopened.sessions.load_session(OWNER, "ses_1") == make_session()
        assert [as_row(opening) for opening in reopened.ledger.list_openings(OWNER)] == [as_row(make_opening())]

    ballast.unlink()
    assert stores.posts.write_posts("file", [make_post("after")]) == 1
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


@pytest.mark.parametrize("free", [0, 2 * 4096, 40 * 4096], ids=["nothing", "two pages", "too few for the tables"])
def test_a_new_database_on_a_full_disk_is_told(small_disk: Path, free: int) -> None:
    (small_disk / "ballast").write_bytes(bytes(MEGABYTE - free))
    with pytest.raises(Unavailable, match=r"backproof\.sqlite") as refused:
        open_database(f"sqlite:///{small_disk / 'backproof.sqlite'}")
    assert "space" in refused.value.message + refused.value.hint
    (small_disk / "ballast").unlink()
    open_database(f"sqlite:///{small_disk / 'backproof.sqlite'}").close()
