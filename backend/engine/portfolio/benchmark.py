"""Buying all symbols of a portfolio and holding them."""

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.portfolio.records import ABSENT
from backend.engine.portfolio.timeline import Timeline


def evenly_held(timeline: Timeline, opens: Floats, closes: Floats, capital: float) -> Floats:
    """Worth of the capital at each close, an equal part of it in every symbol from its first open on, free of costs.

    The part of a symbol that starts later waits in cash.

    Args:
        timeline: N moments.
        opens: of all rows of the timeline.
        closes: of all rows of the timeline.
        capital: money before the first moment.

    Returns:
        Shape (N,).
    """
    latest, part = timeline.latest, capital / timeline.lines.first.size
    units = part / opens[timeline.lines.start]
    worth = np.where(latest == ABSENT, part, closes[latest] * units)
    return np.ascontiguousarray(worth.sum(axis=1))
