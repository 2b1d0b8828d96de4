"""A disk that is full while data are fetched, imported or set aside: exit code 5, and nothing half."""

import json
from pathlib import Path

import pytest

from backend.domain.errors import Unavailable
from backend.domain.ports import WaitingDatasets
from backend.stores import FileOutbox
from tests.cli.conftest import Backproof
from tests.faults.conftest import Disk, Refused
from tests.stores.samples import make_dataset

pytestmark = pytest.mark.slow

ROWS = 10_000


@pytest.fixture
def full(disk: Disk, backproof: Backproof) -> Disk:
    """A database with nothing in it on a disk that has room for half of what follows."""
    assert backproof("data", "migrate").code == 0
    (disk.folder / "ballast").write_bytes(bytes(1_550_000))
    return disk


def stored(backproof: Backproof) -> dict[str, list[object]]:
    found: dict[str, list[object]] = json.loads(backproof("data", "status", "--json").stdout)
    return found


def test_warming_on_a_full_disk_stores_nothing_half(backproof: Backproof, refused: Refused, full: Disk) -> None:
    sentence, hint = refused(5, "data", "warm", "AAPL", "MSFT")
    assert "There is no space left to write to the database file" in sentence
    assert "everything stored before is kept" in hint
    assert stored(backproof)["bars"] == []
    assert full.mount("remount,size=64m")
    assert json.loads(backproof("data", "warm", "AAPL", "--json").stdout)["warmed"][0]["bars"] == 3270


@pytest.mark.parametrize("kind", ["prices", "posts"])
def test_an_import_on_a_full_disk_stores_nothing_half(
    backproof: Backproof, refused: Refused, full: Disk, own_home: Path, kind: str
) -> None:
    if kind == "prices":
        rows = "".join(f"{moment}Z,10,11,9,10,5\n" for moment in _minutes())
        (own_home / "file.csv").write_text(f"date,open,high,low,close,volume\n{rows}")
        options = ("--symbol", "TEST", "--bar-stamp", "start")
    else:
        posts = "".join(f"2020-01-02T10:00:00Z,{n},{'word ' * 40}\n" for n in range(ROWS))
        (own_home / "file.csv").write_text(f"created_at,id,text\n{posts}")
        options = ("--symbol", "TEST", "--channel", "reddit")
    sentence, hint = refused(5, "data", "import", kind, "file.csv", *options)
    assert "There is no space left to write to the database file" in sentence
    assert "everything stored before is kept" in hint
    found = stored(backproof)
    assert (found["bars"], found["posts"]) == ([], [])
    assert full.mount("remount,size=64m")
    assert backproof("data", "import", kind, "file.csv", *options).code == 0
    assert len(stored(backproof)["bars" if kind == "prices" else "posts"]) == 1


def _minutes() -> list[str]:
    """Starts of minute bars of 26 full sessions, in winter, when New York opens at 14:30 UTC."""
    days = [f"2020-01-{day:02}" for day in (2, 3, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 21, 22, 23, 24, 27, 28, 29, 30)]
    days += [f"2020-02-{day:02}" for day in (3, 4, 5, 6, 7, 10)]
    clock = [f"{(870 + n) // 60:02}:{(870 + n) % 60:02}:00" for n in range(390)]
    return [f"{day}T{time}" for day in days for time in clock]


def test_an_outbox_on_a_full_disk_keeps_whole_batches(disk: Disk) -> None:
    outbox = FileOutbox(disk.folder / "outbox")
    kept = WaitingDatasets("ann", "ses_1", (make_dataset(),))
    outbox.put(kept)
    ballast = disk.folder / "ballast"
    with pytest.raises(OSError, match="No space left"):
        ballast.write_bytes(bytes(3_000_000))
    with pytest.raises(Unavailable, match=r"outbox folder .* cannot be used \(No space left on device\)"):
        outbox.put(WaitingDatasets("ann", "ses_2", (make_dataset(),)))
    assert [batch.session_id for batch in outbox.waiting()] == ["ses_1"]
    assert outbox.unreadable() == ()
    assert len(list((disk.folder / "outbox").iterdir())) == 1
    ballast.unlink()
    outbox.put(WaitingDatasets("ann", "ses_2", (make_dataset(),)))
    assert [batch.session_id for batch in outbox.waiting()] == ["ses_1", "ses_2"]
