"""What an import took, what it refused, and why."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from backend.domain.errors import InvalidInput
from backend.domain.record import Record

EXAMPLES = 3


class Imported(Record):
    """The rows taken of one symbol; ``series`` is a timeframe or a channel."""

    symbol: str
    series: str
    start: date
    end: date
    rows: int


class Refusal(Record):
    """Rows that were not taken for one reason; ``lines`` names the first of those that are wrong themselves."""

    reason: str
    rows: int
    lines: tuple[int, ...]

    def __str__(self) -> str:
        rows = "1 row" if self.rows == 1 else f"{self.rows} rows"
        if not self.lines:
            return f"{self.reason} ({rows})"
        where = f"{'line' if len(self.lines) == 1 else 'lines'} {', '.join(str(line) for line in self.lines)}"
        return f"{self.reason} ({rows}, e.g. {where})" if self.rows > len(self.lines) else f"{self.reason} ({where})"


class ImportReport(Record):
    """The outcome of one import.

    Attributes:
        rows_new, rows_already_stored: of the rows taken; stored bars are replaced, stored posts stay.
    """

    file: str
    kind: Literal["prices", "posts"]
    taken: tuple[Imported, ...]
    rows_taken: int
    rows_new: int
    rows_already_stored: int
    refused: tuple[Refusal, ...]
    notices: tuple[str, ...] = ()

    @property
    def rows_refused(self) -> int:
        """Rows that were not taken."""
        return sum(refusal.rows for refusal in self.refused)


class Refusals:
    """Collects reasons and lines while rows are read; texts of rows are never kept."""

    def __init__(self, unreadable: Iterable[tuple[int, str]]) -> None:
        self._lines: dict[str, list[int]] = {}
        self._rows: dict[str, int] = {}
        for line, reason in unreadable:
            self.add(reason, [line])

    def add(self, reason: str, lines: Sequence[int], rows: int | None = None) -> None:
        """Refuse ``rows`` rows because of those on ``lines``; those alone unless said otherwise."""
        self._lines.setdefault(reason, []).extend(lines)
        self._rows[reason] = self._rows.get(reason, 0) + (len(lines) if rows is None else rows)

    @property
    def rows(self) -> int:
        """How many were refused so far."""
        return sum(self._rows.values())

    def listed(self) -> tuple[Refusal, ...]:
        """One entry a reason, in the order in which they came up."""
        return tuple(
            Refusal(reason=reason, rows=self._rows[reason], lines=tuple(sorted(lines)[:EXAMPLES]))
            for reason, lines in self._lines.items()
        )

    def require_any(self, file: str, taken: object) -> None:
        """Raises InvalidInput, naming the reasons, when nothing was taken."""
        if not taken:
            reasons = "; ".join(str(refusal) for refusal in self.listed()[:EXAMPLES])
            raise InvalidInput(f"Nothing of {file} could be taken: {reasons or 'it has no rows'}.", "repair the file")
