"""The times that a run spent below its highest equity."""

from collections.abc import Iterator
from datetime import date

from backend.domain.moments import session_date
from backend.domain.record import Record
from backend.services.reports.curves import Curves, stretches_of

DEEPEST = 10
"""Drawdowns that a table lists."""


class Drawdown(Record):
    """From a peak down and up again.

    Attributes:
        peak: session of the highest close before it; the first session, where the capital was the highest.
        trough: session of the lowest close.
        recovery: session at whose close the peak was reached again; None when the run ended before.
        depth: fall from the peak as a positive fraction of it.
        days: calendar days from the peak to the recovery, or to the end of the run.
    """

    peak: date
    trough: date
    recovery: date | None
    depth: float
    days: int


def drawdowns(curves: Curves) -> tuple[Drawdown, ...]:
    """All of them, the deepest first and of equals the earliest; none when the equity never fell."""
    return tuple(sorted(_in_order(curves), key=lambda drawdown: (-drawdown.depth, drawdown.peak)))


def deepest_stretch(curves: Curves) -> slice | None:
    """The moments from the peak before the deepest drawdown to its recovery, the last one included."""
    if not len(curves) or not curves.drawdown.max() > 0.0:
        return None
    trough = int(curves.drawdown.argmax())
    first, stop = next(stretch for stretch in _stretches(curves) if stretch[0] <= trough < stretch[1])
    return slice(max(first - 1, 0), min(stop + 1, len(curves)))


def _in_order(curves: Curves) -> Iterator[Drawdown]:
    for first, stop in _stretches(curves):
        trough = first + int(curves.drawdown[first:stop].argmax())
        peak = session_date(curves.sessions, max(first - 1, 0))
        recovery = session_date(curves.sessions, stop) if stop < len(curves) else None
        end = recovery or session_date(curves.sessions, -1)
        yield Drawdown(
            peak=peak,
            trough=session_date(curves.sessions, trough),
            recovery=recovery,
            depth=float(curves.drawdown[trough]),
            days=(end - peak).days,
        )


def _stretches(curves: Curves) -> list[tuple[int, int]]:
    """Start and stop of each run of moments below a peak."""
    return stretches_of(curves.drawdown > 0.0)
