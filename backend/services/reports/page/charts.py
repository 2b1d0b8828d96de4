"""What a chart shows, in the coordinates of the page; the template only writes it down."""

from dataclasses import dataclass

import numpy as np

from backend.domain.arrays import Floats
from backend.services.reports.curves import Curves
from backend.services.reports.drawdowns import deepest_stretch
from backend.services.reports.exposure import held_stretches
from backend.services.reports.page.formats import short_number, short_percent
from backend.services.reports.page.scale import Axis, Tick, area, axis_of, path
from backend.services.reports.thinning import kept_positions

POINTS = 1500
"""Points of one line at most; no screen shows more."""

DENSE = 120
"""Stretches with a position beyond which their edges would run into each other."""


@dataclass(frozen=True)
class Line:
    """A path with the class that gives it its colour; ``filled`` is a surface, others are strokes."""

    kind: str
    path: str
    filled: bool = False


@dataclass(frozen=True)
class Band:
    """A shaded stretch; ``at`` and ``width`` are percentages of the chart."""

    kind: str
    at: float
    width: float
    label: str = ""


@dataclass(frozen=True)
class Marker:
    """A sign at one place, in percentages of the chart; ``label`` tells what happened there."""

    kind: str
    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Chart:
    """One plot with its axes."""

    name: str
    title: str
    description: str
    ticks: tuple[Tick, ...]
    dates: tuple[Tick, ...]
    lines: tuple[Line, ...]
    bands: tuple[Band, ...] = ()
    markers: tuple[Marker, ...] = ()
    logarithmic: bool = False
    base: float | None = None
    """Height of a line at zero or at the capital, in percent."""


def equity_chart(curves: Curves, dates: tuple[Tick, ...], bands: tuple[Band, ...], description: str) -> Chart:
    """Equity and benchmark from the capital on; logarithmic where they grow a lot."""
    equity = np.append(curves.capital, curves.equity)
    held = None if curves.benchmark is None else np.append(curves.capital, curves.benchmark)
    axis = axis_of([equity] if held is None else [equity, held], may_be_logarithmic=True)
    lines = [] if held is None else [_line("hold", held, axis)]
    fill = _line("equity", equity, axis, base=1.0)
    return Chart(
        name="equity",
        title="Equity and buy and hold",
        description=description,
        ticks=axis.ticks(short_number),
        dates=dates,
        lines=(fill, *lines, _line("equity", equity, axis)),
        bands=bands,
        logarithmic=axis.logarithmic,
        base=axis.percentage(curves.capital),
    )


def drawdown_chart(curves: Curves, dates: tuple[Tick, ...], description: str) -> Chart:
    """How far equity and benchmark are below their peaks, downwards from zero."""
    depth = -np.append(0.0, curves.drawdown)
    axis = Axis(min(float(depth.min()) * 1.08, -0.01), 0.0)
    return Chart(
        name="drawdown",
        title="Drawdown",
        description=description,
        ticks=axis.ticks(short_percent, 3),
        dates=dates,
        lines=(_line("loss", depth, axis, base=0.0), _line("loss", depth, axis)),
        base=0.0,
    )


def exposure_chart(curves: Curves, dates: tuple[Tick, ...], description: str) -> Chart | None:
    """Signed exposure around zero; None where the run has none."""
    if curves.exposure is None:
        return None
    line = np.append(0.0, curves.exposure)
    low, high = float(line.min()), float(line.max())
    axis = Axis(low * 1.08 if low < 0.0 else 0.0, max(high * 1.08, 0.05) if high > 0.0 or low == 0.0 else 0.0)
    zero = float(axis.fractions(np.array([0.0]))[0])
    return Chart(
        name="exposure",
        title="Exposure",
        description=description,
        ticks=axis.ticks(short_percent, 4 if low < 0.0 < high else 2),
        dates=dates,
        lines=_exposure_lines(curves, line, axis, zero),
        base=zero * 100,
    )


def _exposure_lines(curves: Curves, line: Floats, axis: Axis, zero: float) -> tuple[Line, ...]:
    """An outline only where there is room for it."""
    surface = _line("held", line, axis, base=zero)
    return (surface, _line("held", line, axis)) if len(held_stretches(curves)) <= DENSE else (surface,)


def deepest_band(curves: Curves) -> tuple[Band, ...]:
    """The stretch of the deepest drawdown, if the equity ever fell."""
    stretch = deepest_stretch(curves)
    return () if stretch is None else (band("deepest", stretch.start, stretch.stop, len(curves)),)


def band(kind: str, first: int, stop: int, size: int, label: str = "") -> Band:
    """Moments ``first .. stop - 1`` of ``size``; the axis has one step before the first."""
    return Band(kind, round(first / size * 100, 2), round(max(stop - first, 0) / size * 100, 2), label)


def _line(kind: str, values: Floats, axis: Axis, base: float | None = None) -> Line:
    kept = kept_positions(values, POINTS)
    x, y = kept / (values.size - 1), axis.fractions(values[kept])
    return Line(kind, path(x, y)) if base is None else Line(kind, area(x, y, base), filled=True)
