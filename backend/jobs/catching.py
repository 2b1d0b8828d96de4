"""Keeps an error from ending a thread that others rely on."""

from types import TracebackType
from typing import Any, Self

from backend.domain.errors import Unavailable


class Caught:
    """A block of which every error is kept; what ends a process passes.

    Attributes:
        error: what ended the block early; None when it came to its end.
    """

    error: Exception | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """For the log: a sentence about what is away, or the traceback of a fault of the program."""
        return {"reason": self.error.message} if isinstance(self.error, Unavailable) else {"exc_info": self.error}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> bool:
        if not isinstance(error, Exception):
            return False
        self.error = error
        return True
