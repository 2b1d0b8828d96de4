"""The one place where errors of the database become errors of the domain."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backend.domain.errors import BackproofError, Conflict, InvalidInput, Unavailable


class Fault(NamedTuple):
    """How a class of database errors is told: ``{place}`` is the file or server, ``{reason}`` what it said."""

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
_AWAY = Fault(
    "The database {place} does not answer ({reason}).",
    "check that it runs and that its address in BACKPROOF_DATABASE_URL is right, then try again; "
    "everything stored before is kept",
)
_REFUSED = Fault(
    "The database {place} refused the connection ({reason}).",
    "check user, password and database name in BACKPROOF_DATABASE_URL",
)
_AGAIN = Fault(
    "The database {place} gave precedence to another writer ({reason}).", "try again; nothing was stored by this one"
)
_IN_USE = Fault(
    "The database {place} is in use by another process and did not become free in time ({reason}).",
    "try again when the other process has finished, or stop it",
)
_NO_SPACE = Fault(
    "The database {place} has no room left ({reason}).",
    "free some space or connections on its server and try again; everything stored before is kept",
)
_NO_SCHEMA = Fault(
    "The database {place} lacks a part of its schema ({reason}).",
    "bring the schema up to date: `backproof data migrate`",
)
_NOT_ALLOWED = Fault(
    "The database {place} does not allow this to its user ({reason}).",
    "give that user the rights of the schema's owner, or name another in BACKPROOF_DATABASE_URL",
)
_OTHER = Fault(
    "The database {place} refused: {reason}.", "if it stays so, bring the schema up to date: `backproof data migrate`"
)

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


SQLSTATE_FAULTS = {
    "08": _AWAY,  # connection_exception
    "25P03": _AWAY,  # idle_in_transaction_session_timeout
    "28": _REFUSED,  # invalid_authorization_specification
    "3D": _REFUSED,  # invalid_catalog_name
    "3F": _NO_SCHEMA,  # invalid_schema_name
    "40": _AGAIN,  # transaction_rollback: serialization_failure, deadlock_detected
    "42P01": _NO_SCHEMA,  # undefined_table
    "42703": _NO_SCHEMA,  # undefined_column
    "42883": _NO_SCHEMA,  # undefined_function
    "42501": _NOT_ALLOWED,  # insufficient_privilege
    "25006": _NOT_ALLOWED,  # read_only_sql_transaction
    "53": _NO_SPACE,  # insufficient_resources: disk_full, too_many_connections
    "55P03": _IN_USE,  # lock_not_available
    "57": _AWAY,  # operator_intervention: admin_shutdown, crash_shutdown, cannot_connect_now
    "58": _AWAY,  # system_error
}
"""By code or class of codes: https://www.postgresql.org/docs/current/errcodes-appendix.html."""

_NOT_NOW = re.compile("starting up|shutting down|recovery|too many|connection slots|terminat")
"""What a server says that refuses a connection for the moment; it comes without a code."""


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
    except PoolTimeout as error:
        raise Unavailable(_IN_USE.sentence.format(place=place, reason="no free connection"), _IN_USE.hint) from error
    except (UnicodeEncodeError, OverflowError) as error:
        raise InvalidInput(f"A value cannot be stored ({error}).", "store valid text and 64-bit numbers") from error
    except ValueError as error:  # a column type found what it never wrote
        raise Unavailable(_DAMAGED.sentence.format(place=place, reason=_first_line(error)), _DAMAGED.hint) from error


def _first_line(error: Exception) -> str:
    return repr(str(error).partition("\n")[0])[1:-1]


def _plain(error: StatementError, place: str) -> BackproofError:
    if isinstance(error.orig, BackproofError):  # refused by a column type on its way to the database
        return error.orig
    reason = _reason(error)
    if isinstance(error, IntegrityError):
        return Conflict(f"The database {place} refused a record that contradicts a stored one ({reason}).")
    if isinstance(error, DataError) or not isinstance(error, DBAPIError):
        return InvalidInput(f"A value cannot be stored ({reason}).", "store valid text, times and 64-bit numbers")
    fault = _fault(error)
    return Unavailable(fault.sentence.format(place=place, reason=reason), fault.hint)


def _fault(error: DBAPIError) -> Fault:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return SQLITE_FAULTS.get(code & 0xFF, _OTHER)
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return SQLSTATE_FAULTS.get(state) or SQLSTATE_FAULTS.get(state[:2], _OTHER)
    if isinstance(error.orig, sqlite3.OperationalError):  # the driver itself: a text that is none
        return _DAMAGED
    if isinstance(error, OperationalError):  # no connection, or it broke
        said = str(error.orig)
        return _REFUSED if "FATAL:" in said and not _NOT_NOW.search(said) else _AWAY
    return _OTHER


def _reason(error: StatementError) -> str:
    """The first line of what the database said; of a refused connection, what the server said."""
    return str(error.orig).rpartition("FATAL:")[2].strip().partition("\n")[0]
