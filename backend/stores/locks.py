"""Locks between the processes of one machine: one at a time runs a session or fetches; a lock dies with its process."""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import quote

from backend.domain.errors import Busy, Unavailable

LONGEST_NAME = 200
"""Characters of a file name; file systems take 255 bytes."""

PLACE = "place"
"""The file that keeps the name of the folder; unlike every lock it has no ending."""


class FileLocks:
    """The SessionLocks and FetchLocks ports over files: one empty file a held lock, gone when it is released.

    Args:
        directory: where the files lie, on a local disk; made when it is missing.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def hold(self, session_id: str) -> AbstractContextManager[None]:
        """Hold the session until the end of the block or of the process, however it ends.

        Raises:
            Busy: somebody holds it, in this process or another.
            Unavailable: the file cannot be made.
        """
        return self._locked(session_id, partial(_at_once, session_id))

    def alone(self, name: str, waiting: Callable[[], None]) -> AbstractContextManager[None]:
        """Hold ``name`` like a session, but wait until it is free; ``waiting`` is called before each wait.

        Raises:
            Unavailable: the file cannot be made.
        """
        return self._locked(name, partial(_in_turn, waiting))

    def place(self) -> str:
        """A name of this folder, the same for all processes that see its locks, and for no others.

        Raises:
            Unavailable: the file that keeps it cannot be made or read.
        """
        path = self._directory / PLACE
        try:
            if not path.exists():
                self._directory.mkdir(parents=True, exist_ok=True)
                _write_whole(path, secrets.token_hex(6))
            return path.read_text()
        except OSError as error:
            raise _unusable(path, error) from error

    def held(self, session_id: str) -> bool:
        """Whether some process runs the session now; a file that a killed one left behind does not count.

        Raises:
            Unavailable: the file cannot be opened.
        """
        path = self._file(session_id)
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _unusable(path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # let go at once: it would keep the session waiting
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    @contextmanager
    def _locked(self, name: str, lock: Callable[[int], None]) -> Iterator[None]:
        path = self._file(name)
        descriptor = self._acquire(path, lock)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)  # before it is released: whoever waits for this file sees that it is gone
            os.close(descriptor)

    def _file(self, name: str) -> Path:
        written = quote(name, safe="", errors="backslashreplace")
        if len(written) > LONGEST_NAME:
            written = hashlib.sha256(written.encode()).hexdigest()
        return self._directory / f"{written}.lock"

    def _acquire(self, path: Path, lock: Callable[[int], None]) -> int:
        while True:
            with ExitStack() as unless_held:
                descriptor = self._open(path)
                unless_held.callback(os.close, descriptor)
                lock(descriptor)
                if _still_there(path, descriptor):
                    unless_held.pop_all()
                    return descriptor

    def _open(self, path: Path) -> int:
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unusable(path, error) from error


def _write_whole(path: Path, text: str) -> None:
    """Write a file unless there is one by then; nobody sees a part of it."""
    with NamedTemporaryFile("w", dir=path.parent) as whole:
        whole.write(text)
        whole.flush()
        with suppress(FileExistsError):
            os.link(whole.name, path)


def _at_once(session_id: str, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Busy(
            f"Session {session_id} is being run by another process.",
            f"wait until it ends, or cancel it: `backproof sessions cancel {session_id}`",
        ) from error


def _in_turn(waiting: Callable[[], None], descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        waiting()
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _unusable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        f"The lock file {path} cannot be made or opened ({error.strerror}).", "check its directory and the space left"
    )


def _still_there(path: Path, descriptor: int) -> bool:
    """Whether ``path`` is still the file that was locked, not a newer one of the same name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
