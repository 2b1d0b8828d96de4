"""A batch that waits survives a kill, is checked when it is read, and is never doubled or deleted unread."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from backend.domain.errors import Unavailable
from backend.domain.ports import WaitingDatasets
from backend.domain.sentiment import FailedStretch
from backend.stores import FileOutbox
from tests.stores.samples import NOON, make_dataset, make_days


def batch(session: str = "ses_1", symbol: str = "AAPL") -> WaitingDatasets:
    first = make_dataset(symbol, days=make_days(40))
    failed = FailedStretch(start=NOON.date(), end=NOON.date(), reason="down")
    second = make_dataset(symbol, "news", days=make_days(7, seed=1))
    return WaitingDatasets(
        "ann", session, (first, replace(second, metadata=second.metadata.model_copy(update={"failures": (failed,)})))
    )


def described(batch: WaitingDatasets) -> tuple[object, ...]:
    datasets = [(d.id, d.content_hash, d.start, d.end, d.scorer, d.timeframe, d.metadata) for d in batch.datasets]
    return (batch.owner, batch.session_id, datasets)


@pytest.fixture
def outbox(tmp_path: Path) -> FileOutbox:
    return FileOutbox(tmp_path / "outbox")


def test_an_empty_outbox_makes_no_folder(outbox: FileOutbox, tmp_path: Path) -> None:
    assert outbox.waiting() == ()
    assert outbox.unreadable() == ()
    assert not (tmp_path / "outbox").exists()


def test_batches_come_back_as_they_were_put_oldest_first(outbox: FileOutbox, tmp_path: Path) -> None:
    batches = [batch(f"ses_{n}") for n in range(12)]
    for each in batches:
        outbox.put(each)
    assert [described(b) for b in FileOutbox(tmp_path / "outbox").waiting()] == [described(b) for b in batches]


def test_a_batch_is_kept_once_and_removed_once(outbox: FileOutbox) -> None:
    outbox.put(batch())
    outbox.put(batch())
    outbox.put(batch("ses_2"))
    assert [b.session_id for b in outbox.waiting()] == ["ses_1", "ses_2"]
    outbox.remove(batch())
    outbox.remove(batch())  # another process did so
    assert [b.session_id for b in outbox.waiting()] == ["ses_2"]


def test_rubbish_is_set_aside_and_not_deleted(outbox: FileOutbox, tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    for number in range(1, 4):
        outbox.put(batch(f"ses_{number}"))
    first, second, third = sorted(folder.iterdir())
    first.write_bytes(first.read_bytes()[:-200])  # cut short
    second.write_bytes(second.read_bytes().replace(b'"ses_2"', b'"ses_7"'))  # meant for another session
    (folder / "notes.json").write_text("hello")
    (folder / "00000009-0123456789abcdef0123456789abcdef.json").write_bytes(b"\xff\x00")
    (folder / ".00000010-x.json.77").write_text("of a process that was killed while it wrote")
    assert [b.session_id for b in outbox.waiting()] == ["ses_3"]
    assert [Path(name).name for name in outbox.unreadable()] == [
        f"{first.name}.unreadable",
        f"{second.name}.unreadable",
        "00000009-0123456789abcdef0123456789abcdef.json.unreadable",
        "notes.json.unreadable",
    ]
    assert third.exists()


def test_a_folder_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file")
    with pytest.raises(Unavailable, match=r"outbox folder .* cannot be used"):
        FileOutbox(tmp_path / "outbox").put(batch())


@pytest.mark.slow
def test_a_process_that_is_killed_leaves_whole_batches(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from backend.stores import FileOutbox;"
        "from tests.stores.test_outbox import batch\n"
        "outbox = FileOutbox(Path(sys.argv[1]))\n"
        "for n in range(100_000):\n"
        "    outbox.put(batch(f'ses_{n}'))\n"
        "    print(n, flush=True)\n"
    )
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "outbox")], cwd=root, stdout=subprocess.PIPE, env=os.environ
    )
    with process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(25)]
        process.kill()
    outbox = FileOutbox(tmp_path / "outbox")
    found = [b.session_id for b in outbox.waiting()]
    assert found[: len(told)] == [f"ses_{n}" for n in told]
    assert outbox.unreadable() == ()
