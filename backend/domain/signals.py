"""What a strategy decides at the close of each bar."""

from dataclasses import dataclass

from backend.domain.arrays import Bools


@dataclass(frozen=True, eq=False)
class Signals:
    """Decisions at the end of each bar, from data up to and including that bar; shape (T,) each.

    A condition that the strategy does not have is False everywhere.
    """

    long_entry: Bools
    long_exit: Bools
    short_entry: Bools
    short_exit: Bools
