"""The error tree: every message says what is wrong, where, and what would be right.

BackproofError
├── InvalidInput      the request, a file or an expression cannot be used as it is
├── NotFound          no record of that id or name
├── Conflict          the record is in a state that does not allow this
│   └── Busy          another process is at work on it; may be tried again when that has ended
├── DataUnavailable   no source can serve the data that was asked for
├── Unavailable       a service (database, disk, network) does not answer; may be tried again
│   ├── SourceAway    it is a source of prices or posts; what is stored is at hand
│   └── ModelAway     it is a language model; built-in search needs none
├── MalformedOutput   a language model's reply cannot be used, repairs included
├── BudgetSpent       the session's budget does not allow the next step
└── Cancelled         somebody asked for the work to stop
"""

from collections.abc import Container


class BackproofError(Exception):
    """Anything the user is told in one sentence plus a hint.

    Args:
        message: one sentence: what is wrong and where.
        hint: what would be right, or what to do next, with commands as ``domain/commands.py`` says; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[type["BackproofError"], tuple[str, str]]:
        return type(self), (self.message, self.hint)


def kind_among(error: BackproofError, kinds: Container[type[BackproofError]]) -> type[BackproofError]:
    """The class that the error belongs to: its own, or the nearest one above it that is among ``kinds``."""
    return next((kind for kind in type(error).__mro__ if kind in kinds), BackproofError)


class InvalidInput(BackproofError):
    """The request, a file or an expression cannot be used as it is."""


class NotFound(BackproofError):
    """There is no record of that id or name."""


class Conflict(BackproofError):
    """The record is in a state that does not allow this."""


class Busy(Conflict):
    """Another process is at work on the record; it may be tried again when that has ended."""


class DataUnavailable(BackproofError):
    """No source can serve the data that was asked for."""


class Unavailable(BackproofError):
    """A service does not answer now; trying again later may help."""


class SourceAway(Unavailable):
    """A source of prices or posts does not answer now; what is stored is at hand."""


class ModelAway(Unavailable):
    """A language model does not answer now, or refuses the key."""


class MalformedOutput(BackproofError):
    """What a language model replied cannot be used, although it was told why and asked again."""


class BudgetSpent(BackproofError):
    """The session's budget does not allow the next step."""


class Cancelled(BackproofError):
    """Somebody asked for the work to stop; everything finished is kept."""
