"""The months of a run as a field of years by months."""

from dataclasses import dataclass

from backend.services.reports.periods import PeriodResult

LEVELS = 5
"""Shades on each side of zero."""


@dataclass(frozen=True)
class Cell:
    """One month; ``shade`` is a class, empty where the run has no such month."""

    value: float | None
    shade: str = ""


@dataclass(frozen=True)
class HeatRow:
    """One year: its months in order and its own result."""

    year: PeriodResult
    months: tuple[Cell, ...]


def heat_rows(years: tuple[PeriodResult, ...], months: tuple[PeriodResult, ...]) -> tuple[HeatRow, ...]:
    """A row for each year; the shades are scaled so that one month in twenty has the strongest."""
    by_label = {month.label: month.return_ for month in months}
    strongest = full_shade(months)
    return tuple(
        HeatRow(year, tuple(_cell(by_label, f"{year.label}-{month:02}", strongest) for month in range(1, 13)))
        for year in years
    )


def full_shade(months: tuple[PeriodResult, ...]) -> float:
    """The size of a return that gets the strongest shade; 0 when nothing ever moved."""
    sizes = sorted(abs(month.return_) for month in months if month.return_)
    return sizes[min(int(len(sizes) * 0.95), len(sizes) - 1)] if sizes else 0.0


def _cell(by_label: dict[str, float | None], label: str, strongest: float) -> Cell:
    if label not in by_label:
        return Cell(None)
    value = by_label[label]
    if not value:
        return Cell(value, "flat")
    level = min(int(abs(value) / strongest * LEVELS) + 1, LEVELS)
    return Cell(value, f"{'gain' if value > 0 else 'fall'}{level}")
