"""The one place where errors of the database become errors of the domain."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from backend.domain.errors import BackproofError, Conflict, InvalidInput, Unavailable


class Fault(NamedTuple):
    """How a class of database errors is told; ``{place}`` is the file, ``{reason}`` what the database said."""

    sentence: str
    hint: str


_NO_ACCESS = Fault(
    "The database file {place} cannot be opened or written ({reason}).",
    "check that its directory exists and that you may write to it, or set BACKPROOF_DATABASE_URL to another file",
)
_DAMAGED = Fault(
    "The database file {place} is damaged or is not a database ({reason}).",
    "move it and its -wal and -shm files aside, then restore a backup or start with an empty one",
)
_BUSY = Fault(
    "The database file {place} is in use by another process and did not become free in time ({reason}).",
    "try again when the other process has finished, or stop it",
)
_FULL = Fault(
    "There is no space left to write to the database file {place} ({reason}).",
    "free some space and try again; everything stored before is kept",
)
_IO = Fault(
    "The disk did not read or write the database file {place} ({reason}).",
    "check the disk and the space left on it, then try again; everything stored before is kept",
)
_OTHER = Fault("The database {place} refused: {reason}.", "if it stays so, run `backproof data migrate`")

SQLITE_FAULTS = {
    3: _NO_ACCESS,  # SQLITE_PERM
    5: _BUSY,  # SQLITE_BUSY
    6: _BUSY,  # SQLITE_LOCKED
    8: _NO_ACCESS,  # SQLITE_READONLY
    10: _IO,  # SQLITE_IOERR
    11: _DAMAGED,  # SQLITE_CORRUPT
    13: _FULL,  # SQLITE_FULL
    14: _NO_ACCESS,  # SQLITE_CANTOPEN
    26: _DAMAGED,  # SQLITE_NOTADB
}
"""By primary result code, the low byte of the extended one: https://www.sqlite.org/rescode.html."""


@contextmanager
def told_plainly(place: str) -> Iterator[None]:
    """Raise what the database reports inside as one clear sentence.

    Args:
        place: the database in words that name it without its password.

    Raises:
        Unavailable: it is locked, full, damaged, unreachable or not ours to write.
        Conflict: a row contradicts one that is stored.
        InvalidInput: a value cannot be stored.
    """
    try:
        yield
    except StatementError as error:
        raise _plain(error, place) from error
    except (UnicodeEncodeError, OverflowError) as error:
        raise InvalidInput(f"A value cannot be stored ({error}).", "store valid text and 64-bit numbers") from error


def _plain(error: StatementError, place: str) -> BackproofError:
    if isinstance(error.orig, BackproofError):  # refused by a column type on its way to the database
        return error.orig
    reason = str(error.orig).partition("\n")[0]
    if isinstance(error, IntegrityError):
        return Conflict(f"The database {place} refused a record that contradicts a stored one ({reason}).")
    if not isinstance(error, DBAPIError):
        return InvalidInput(f"A value cannot be stored ({reason}).", "store valid text, times and 64-bit numbers")
    code = getattr(error.orig, "sqlite_errorcode", None)
    fault = SQLITE_FAULTS.get(code & 0xFF, _OTHER) if code is not None else _OTHER
    return Unavailable(fault.sentence.format(place=place, reason=reason), fault.hint)
