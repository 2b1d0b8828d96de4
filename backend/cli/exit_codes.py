"""What a shell is told: the exit code of every kind of end."""

from backend.domain.errors import (
    BackproofError,
    BudgetSpent,
    Cancelled,
    Conflict,
    DataUnavailable,
    InvalidInput,
    MalformedOutput,
    NotFound,
    Unavailable,
    kind_among,
)

DONE = 0
FAILED = 1
"""An error of the program itself, or one that is in no class below."""
INVALID = 2
INTERRUPTED = 130

EXIT_CODES: dict[type[BackproofError], int] = {
    InvalidInput: INVALID,
    Conflict: INVALID,
    NotFound: 3,
    DataUnavailable: 4,
    Unavailable: 5,
    MalformedOutput: 5,
    BudgetSpent: 6,
    Cancelled: INTERRUPTED,
}


def documented_class(error: BackproofError) -> type[BackproofError]:
    """The class of the table that the error belongs to: its own, or the nearest one above it."""
    return kind_among(error, EXIT_CODES)


def exit_code(error: BackproofError) -> int:
    """The code of the error's documented class."""
    return EXIT_CODES.get(documented_class(error), FAILED)
