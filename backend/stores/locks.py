"""Locks between processes: one at a time runs a session, and a lock dies with its process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from backend.domain.errors import Conflict, Unavailable


class FileSessionLocks:
    """The SessionLocks port over files: one empty file a held session, gone when it is released.

    Args:
        directory: where the files lie, on a local disk; made when it is missing.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @contextmanager
    def hold(self, session_id: str) -> Iterator[None]:
        """Hold the session until the end of the block or of the process, however it ends.

        Raises:
            Conflict: somebody holds it, in this process or another.
            Unavailable: the file cannot be made.
        """
        path = self._file(session_id)
        descriptor = self._acquire(path, session_id)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)  # before it is released: whoever waits for this file sees that it is gone
            os.close(descriptor)

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

    def _file(self, session_id: str) -> Path:
        return self._directory / f"{quote(session_id, safe='')}.lock"

    def _acquire(self, path: Path, session_id: str) -> int:
        while True:
            descriptor = self._open(path)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                os.close(descriptor)
                raise Conflict(
                    f"Session {session_id} is being run by another process.",
                    f"wait until it ends, or stop it with `backproof sessions cancel {session_id}`",
                ) from error
            if _still_there(path, descriptor):
                return descriptor
            os.close(descriptor)

    def _open(self, path: Path) -> int:
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unusable(path, error) from error


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
