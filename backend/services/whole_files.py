"""Writes a file whole or not at all, and never over one that nobody said may go."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from backend.domain.errors import Conflict, InvalidInput, Unavailable

PACKED = ("gz", "bz2", "xz", "zip", "zst")
"""Endings of compressed files."""


def is_folder(file: Path) -> bool:
    """Whether there is a folder of that name."""
    return _is(Path.is_dir, file)


def require_place(file: Path, *, overwrite: bool) -> None:
    """Check that a file can go there before any work is done for it.

    Raises:
        InvalidInput: it is a folder, or its folder is not there.
        Conflict: there is such a file, and it may not be replaced.
    """
    if is_folder(file) or not is_folder(file.parent):
        raise InvalidInput(f"{file} is no place for a file.", "name a file in a folder that is there")
    if _is(Path.exists, file) and not overwrite:
        raise Conflict(f"{file} is there already.", "name another file, or replace this one: `--overwrite`")


@contextmanager
def whole_file(file: Path) -> Iterator[BinaryIO]:
    """A file beside the wanted one that takes its place when all of it is written.

    Raises:
        Unavailable: the disk or the folder refuses.
    """
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    except OSError as error:
        raise Unavailable(
            f"{file} could not be written: {error.strerror}.", "make room, or choose another folder"
        ) from error
    finally:
        with suppress(OSError):  # a name that the disk refuses was never there
            part.unlink(missing_ok=True)


def _is(ask: Callable[[Path], bool], file: Path) -> bool:
    """False too for a name that no file can have, or one that may not be looked at."""
    try:
        return ask(file)
    except OSError:
        return False
