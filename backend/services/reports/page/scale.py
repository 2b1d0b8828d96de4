"""Axes: where a value lies on a chart, and which values are named beside it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from backend.domain.arrays import Floats, Instants

WIDTH, HEIGHT = 4000, 1000
"""The inner coordinates of every plot; it is stretched to the size of the page."""

LARGE_GROWTH = 8.0
"""From this ratio of highest to lowest value on, an axis is logarithmic."""

MARGIN = 0.05
MOST_DATES = 8
NEGLIGIBLE = 1e-9
"""Part of a step that is rounding."""


@dataclass(frozen=True)
class Tick:
    """A named place on an axis; ``at`` is a percentage from the top or the left."""

    at: float
    label: str


@dataclass(frozen=True)
class Axis:
    """Values from ``low`` at the bottom to ``high`` at the top."""

    low: float
    high: float
    logarithmic: bool = False

    def fractions(self, values: Floats) -> Floats:
        """0 at the top, 1 at the bottom; shape as given."""
        low, high, placed = self.low, self.high, values
        if self.logarithmic:
            low, high, placed = math.log(low), math.log(high), np.log(values)
        found: Floats = (high - placed) / (high - low)
        return found

    def percentage(self, value: float) -> float:
        """Of the height, from the top."""
        return round(float(self.fractions(np.array([value]))[0]) * 100, 2)

    def ticks(self, write: Callable[[float], str], count: int = 5) -> tuple[Tick, ...]:
        """Round values within the axis, about ``count`` of them, the highest first."""
        values = _round_values(self.low, self.high, count)
        if self.logarithmic:
            values = _powers(self.low, self.high)
        return tuple(Tick(self.percentage(value), write(value)) for value in reversed(values))


def axis_of(lines: list[Floats], *, may_be_logarithmic: bool = False) -> Axis:
    """An axis with room for all lines; they are finite, and hold one value together at least."""
    low, high = min(float(line.min()) for line in lines), max(float(line.max()) for line in lines)
    if may_be_logarithmic and low > 0 and high / low >= LARGE_GROWTH:
        room = (high / low) ** MARGIN
        return Axis(low / room, high * room, logarithmic=True)
    room = (high - low) * MARGIN or abs(high) * MARGIN or 1.0
    return Axis(low - room, high + room)


def _round_values(low: float, high: float, count: int) -> list[float]:
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999)
    first, last = math.ceil(low / step - NEGLIGIBLE), math.floor(high / step + NEGLIGIBLE)
    return [round(step * n, 12) for n in range(first, last + 1)]


def _powers(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten; powers alone where these are too many, round values where they are too few."""
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    fine = [factor * 10.0**exponent for exponent in exponents for factor in (1, 2, 5)]
    coarse = [10.0**exponent for exponent in exponents]
    within = [value for value in fine if low <= value <= high]
    if len(within) < 3:
        return [value for value in _round_values(low, high, 4) if value > low]
    return within if len(within) <= 7 else [value for value in coarse if low <= value <= high]


def dates_along(local: Instants) -> tuple[Tick, ...]:
    """The first moments of years, months, days or hours, whichever are few enough to be read.

    Args:
        local: what the clocks of New York show, shape (N,), N >= 1; the first moment lies one step right of the start
            of the axis, and the last at its end.
    """
    starts, written = _readable_units(local)
    moments = local[starts].astype("datetime64[s]").astype(object).tolist()
    places = ((starts + 1) / local.size * 100).round(2).tolist()
    return tuple(Tick(at, _named(moment, written)) for at, moment in zip(places, moments, strict=True))


def _readable_units(local: Instants) -> tuple[NDArray[np.intp], str]:
    """Positions at which the finest readable unit begins, and how these are written."""
    starts, form = np.zeros(0, dtype=np.intp), ""
    for unit, width, form in _UNITS:
        count = local.astype(f"datetime64[{unit}]").astype(np.int64) // width
        starts = np.flatnonzero(count[1:] != count[:-1]) + 1
        if starts.size <= MOST_DATES:
            return starts, form
    return starts, form


def _named(moment: datetime, written: str) -> str:
    """A January is named by its year."""
    written = "%Y" if written == "%b" and moment.month == 1 else written
    return moment.strftime(written).lstrip("0")


_UNITS = (
    ("h", 1, "%H:%M"), ("D", 1, "%d %b"), ("D", 7, "%d %b"), ("M", 1, "%b"), ("M", 2, "%b"), ("M", 3, "%b"),
    ("Y", 1, "%Y"), ("Y", 2, "%Y"), ("Y", 5, "%Y"), ("Y", 10, "%Y"),
)  # fmt: skip
"""From fine to coarse: a unit of numpy, how many of it, and how its beginning is written."""


def path(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    """A line through points given as fractions of width and height."""
    across, down = np.rint(x * WIDTH).astype(int).tolist(), np.rint(y * HEIGHT).astype(int).tolist()
    return "M" + "L".join(f"{left} {top}" for left, top in zip(across, down, strict=True))


def area(x: NDArray[np.float64], y: NDArray[np.float64], base: float) -> str:
    """The surface between a line and a height; all are fractions of width and height."""
    floor = round(base * HEIGHT)
    left, right = round(float(x[0]) * WIDTH), round(float(x[-1]) * WIDTH)
    return f"{path(x, y)}L{right} {floor}L{left} {floor}Z"
