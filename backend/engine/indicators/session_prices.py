"""Prices of a session so far: what an intraday chart shows from the open on."""

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.domain.frames import Frame
from backend.engine.indicators.sessions import session_begins
from backend.engine.kernel import kernel


def session_open(frame: Frame) -> Floats:
    """The first price of each bar's session; shape (T,), a price, never missing."""
    begins = session_begins(frame.bars.session)
    line: Floats = np.repeat(frame.bars.open[begins], np.diff(np.append(begins, len(frame))))
    return line


def session_high(frame: Frame) -> Floats:
    """The highest price of each bar's session so far, this bar included; shape (T,), a price, never missing."""
    return highest_since(frame.bars.high, _days(frame))


def session_low(frame: Frame) -> Floats:
    """The lowest price of each bar's session so far, this bar included; shape (T,), a price, never missing."""
    mirrored: Floats = np.negative(frame.bars.low)
    mirrored.setflags(write=False)
    lowest: Floats = np.negative(highest_since(mirrored, _days(frame)))
    return lowest


def session_vwap(frame: Frame, value: Floats) -> Floats:
    """Average price paid since the open of each bar's session, weighted by volume, this bar included.

    Args:
        frame: T bars.
        value: shape (T,), ``traded_value`` of each bar.

    Returns:
        Shape (T,), a price; missing until something was traded in the session.
    """
    return quotient_since(value, frame.bars.volume, _days(frame))


@kernel
def highest_since(x: Floats, days: Integers) -> Floats:
    """Largest value since the day began, this one included; ``x`` without missing values, all of shape (T,)."""
    line = np.empty(x.size)
    best = -np.inf
    for i in range(x.size):
        if i == 0 or days[i] != days[i - 1] or x[i] > best:
            best = x[i]
        line[i] = best
    return line


@kernel
def quotient_since(above: Floats, below: Floats, days: Integers) -> Floats:
    """Sum of ``above`` over sum of ``below`` since the day began; missing while the latter is 0, all of shape (T,)."""
    line = np.full(above.size, np.nan)
    upper, lower = 0.0, 0.0
    for i in range(above.size):
        if i == 0 or days[i] != days[i - 1]:
            upper, lower = 0.0, 0.0
        upper += above[i]
        lower += below[i]
        if lower > 0.0:
            line[i] = upper / lower
    return line


def _days(frame: Frame) -> Integers:
    days = frame.bars.session.astype("datetime64[D]", copy=False).view(np.int64)
    days.setflags(write=False)
    return days
