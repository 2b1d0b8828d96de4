"""What a stored row is, and what is raised when it cannot be read back as it was written."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError

from backend.domain.errors import InvalidInput, Unavailable

StoredRow = Mapping[Any, Any]
"""Values by column name, as a database returns them."""


def damaged(what: str, reason: str) -> Unavailable:
    """The error for a stored row that does not fit its record.

    Args:
        what: the row in words, e.g. ``session ses_1f0c``.
        reason: what does not fit, in a few words.
    """
    return Unavailable(
        f"The stored {what} cannot be read: {reason}.",
        "another version of Backproof wrote it, or the database is damaged: update Backproof or restore a backup",
    )


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Report anything that does not fit inside as damage of ``what``.

    Raises:
        Unavailable: a value is missing, of the wrong type or out of its bounds.
    """
    try:
        yield
    except (ValueError, TypeError, KeyError) as error:  # pydantic's and json's errors are ValueErrors
        raise damaged(what, _first_line(error)) from error
    except InvalidInput as error:
        raise damaged(what, error.message.rstrip(".")) from error


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "it"
        return f"{field}: {first['msg'][:1].lower()}{first['msg'][1:]}"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return ", ".join(lines[:3]) or type(error).__name__
