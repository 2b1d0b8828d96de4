"""How much of the time, and with how much of the equity, a run was in the market."""

import numpy as np

from backend.domain.record import Record
from backend.services.reports.curves import Curves, stretches_of


class ExposureSummary(Record):
    """Shares of the moments, and signed exposure as a fraction of the equity.

    Attributes:
        long, short, flat: shares of the moments at which the positions together were worth more than, less than and
            exactly nothing; they sum to 1.
        average: over all moments, short as negative.
        average_held: size of the exposure where there was any; None when nothing was ever held.
        highest, lowest: at any moment.
    """

    long: float
    short: float
    flat: float
    average: float
    average_held: float | None
    highest: float
    lowest: float


def exposure_summary(curves: Curves) -> ExposureSummary | None:
    """None where the run has no exposure."""
    line = curves.exposure
    if line is None:
        return None
    held = line[line != 0.0]
    return ExposureSummary(
        long=float((line > 0.0).mean()),
        short=float((line < 0.0).mean()),
        flat=float((line == 0.0).mean()),
        average=float(line.mean()),
        average_held=float(np.abs(held).mean()) if held.size else None,
        highest=float(line.max()),
        lowest=float(line.min()),
    )


def held_stretches(curves: Curves) -> list[tuple[int, int]]:
    """Start and stop of each run of moments at which something was held; none where the run has no exposure."""
    return [] if curves.exposure is None else stretches_of(curves.exposure != 0.0)
