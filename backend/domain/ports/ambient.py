"""What a service may need of its surroundings: the moment, fresh ids, the exchange, and whether to stop."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from backend.domain.arrays import Dates, Instants

Clock = Callable[[], datetime]
"""The present moment in UTC."""


NewId = Callable[[str], str]
"""A fresh id that starts with the given prefix, e.g. ``ses_1f0c9a2b7d43``."""


CancelRequested = Callable[[], bool]
"""Whether somebody asked for the work to stop; cheap enough to poll often."""


def never() -> bool:
    """Of work that nobody asks to stop."""
    return False


Progress = Callable[[str], None]
"""Told in a few words what is being done."""


class SessionHours(Protocol):
    """Trading sessions with their opens and closes in UTC; shape (S,) each."""

    @property
    def sessions(self) -> Dates: ...

    @property
    def opens(self) -> Instants: ...

    @property
    def closes(self) -> Instants: ...


Exchange = Callable[[date, date], SessionHours]
"""The sessions of an exchange from one day to another, both inclusive."""
