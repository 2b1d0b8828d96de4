"""Files that were sent, for as long as they are read: each is gone when that is done, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO

from backend.domain.errors import Unavailable
from backend.domain.ports import FetchLocks

FOLDER = "uploads"
"""Within the data folder; the names in it are made here, never by a client."""

PREFIX = "upload-"


@dataclass(frozen=True)
class Upload:
    """One file: where it lies, and what writes it."""

    path: str
    out: BinaryIO


class Uploads:
    """The folder of files that are being read.

    Whoever reads a file holds it locked, so one that is not was left behind by a process that was killed.

    Args:
        data_dir: where the data of this machine is.
        locks: hold the folder while a file is made, so that nobody takes it for one that was left behind.
    """

    def __init__(self, data_dir: Path, locks: FetchLocks) -> None:
        self._folder = data_dir / FOLDER
        self._locks = locks

    @contextmanager
    def file(self) -> Iterator[Upload]:
        """An empty file of its own, gone after the block.

        Raises:
            Unavailable: it cannot be made.
        """
        try:
            with self._locks.alone(FOLDER, lambda: None):
                self._folder.mkdir(parents=True, exist_ok=True)
                descriptor, path = mkstemp(prefix=PREFIX, dir=self._folder)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            raise Unavailable(f"The file cannot be kept while it is read ({error.strerror}).", "try later") from error
        try:
            with os.fdopen(descriptor, "wb") as out:
                yield Upload(path, out)
        finally:
            Path(path).unlink(missing_ok=True)

    def clean(self) -> int:
        """Delete the files that killed processes left behind; how many."""
        with self._locks.alone(FOLDER, lambda: None):
            return sum(_delete_unless_read(file) for file in self._folder.glob(f"{PREFIX}*"))


def _delete_unless_read(file: Path) -> bool:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
