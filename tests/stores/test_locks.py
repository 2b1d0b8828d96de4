"""A session is run by one at a time, and a lock dies with its process."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.domain.errors import Conflict, Unavailable
from backend.stores import FileLocks
from tests.tree import ROOT

HOLDER = """
import sys
from pathlib import Path
from backend.stores import FileLocks
with FileLocks(Path(sys.argv[1])).hold(sys.argv[2]):
    print("held", flush=True)
    sys.stdin.readline()
print("released", flush=True)
"""


@pytest.fixture
def locks(tmp_path: Path) -> FileLocks:
    return FileLocks(tmp_path / "locks")


@contextmanager
def holder(directory: Path, session_id: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", HOLDER, str(directory / "locks"), session_id]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_a_session_is_held_by_one_process_at_a_time(locks: FileLocks, tmp_path: Path) -> None:
    with holder(tmp_path, "ses_1") as other:
        with (
            pytest.raises(Conflict, match="Session ses_1 is being run by another process") as refused,
            locks.hold("ses_1"),
        ):
            pass
        assert "backproof sessions cancel ses_1" in refused.value.hint
        with locks.hold("ses_2"):
            pass
        other.communicate("go\n")
    with locks.hold("ses_1"):
        pass


def test_a_lock_dies_with_its_process(locks: FileLocks, tmp_path: Path) -> None:
    with holder(tmp_path, "ses_1") as other:
        other.kill()
        assert other.wait() != 0
        assert (tmp_path / "locks" / "ses_1.lock").exists()
        assert not locks.held("ses_1")
        with locks.hold("ses_1"):
            assert (tmp_path / "locks" / "ses_1.lock").exists()


def test_who_looks_whether_a_session_is_held_does_not_hold_it(locks: FileLocks, tmp_path: Path) -> None:
    assert not locks.held("ses_1")
    with holder(tmp_path, "ses_1") as other:
        assert locks.held("ses_1")
        assert not locks.held("ses_2")
        other.communicate("go\n")
    assert not locks.held("ses_1")


def test_within_one_process_a_session_is_held_once(locks: FileLocks) -> None:
    with locks.hold("ses_1"), pytest.raises(Conflict), locks.hold("ses_1"):
        pass
    with locks.hold("ses_1"):
        pass


def test_a_lock_is_released_by_an_error_and_leaves_no_file(locks: FileLocks, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locks.hold("ses_1"):
        raise ZeroDivisionError
    with locks.hold("ses_1"):
        pass
    assert list((tmp_path / "locks").iterdir()) == []


def test_who_must_wait_for_a_name_is_told_and_then_holds_it(locks: FileLocks, tmp_path: Path) -> None:
    told: list[str] = []
    with holder(tmp_path, "bars KO") as other:

        def waiting() -> None:
            told.append("waiting")
            other.kill()

        with locks.alone("bars KO", waiting), pytest.raises(Conflict), locks.hold("bars KO"):
            pass
    assert told == ["waiting"]
    assert list((tmp_path / "locks").iterdir()) == []


def test_who_need_not_wait_is_told_nothing(locks: FileLocks) -> None:
    told: list[str] = []
    with locks.alone("bars KO", lambda: told.append("waiting")), locks.alone("bars PG", lambda: told.append("waiting")):
        pass
    assert told == []


def test_each_name_is_held_by_one_thread_at_a_time(locks: FileLocks) -> None:
    inside: list[int] = []

    def enter(number: int) -> int:
        with locks.alone("bars KO", lambda: None):
            inside.append(number)
            others = len(inside)
            inside.remove(number)
        return others

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(enter, range(400))) == {1}


class Overtaken(FileLocks):
    """Opens a lock file that its holder removes, and somebody makes anew, before it is locked."""

    overtaken = False

    def _open(self, path: Path) -> int:
        descriptor = super()._open(path)
        if not self.overtaken:
            self.overtaken = True
            path.unlink()
            path.touch()
        return descriptor


def test_a_removed_lock_file_is_not_taken_for_the_one_in_its_place(tmp_path: Path) -> None:
    with Overtaken(tmp_path).hold("ses_1"), pytest.raises(Conflict), FileLocks(tmp_path).hold("ses_1"):
        pass


@pytest.mark.parametrize("session_id", ["../../etc/passwd", "..", "a/b", "a b\n", "\udcff", "A" * 5_000])
def test_no_session_id_leads_out_of_the_directory(locks: FileLocks, tmp_path: Path, session_id: str) -> None:
    with locks.hold(session_id):
        (held,) = (path for path in tmp_path.rglob("*") if path.is_file())
        assert held.parent == tmp_path / "locks"


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("a file")
    with (
        pytest.raises(Unavailable, match=r"lock file .* cannot be made"),
        FileLocks(tmp_path / "locks").hold("s"),
    ):
        pass


def test_a_folder_has_one_name_for_all_who_see_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(lambda _: FileLocks(tmp_path / "a").place(), range(8)))
    assert len(names) == 1
    assert FileLocks(tmp_path / "b").place() not in names
    assert [file.name for file in (tmp_path / "a").iterdir()] == ["place"]
