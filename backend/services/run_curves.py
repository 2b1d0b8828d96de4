"""What a backtest did from bar to bar, as a stored run keeps it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from backend.domain.arrays import Instants
from backend.domain.frames import Frame
from backend.domain.moments import period_of, utc_moments
from backend.domain.periods import Period
from backend.domain.ports import PriceColumns, RunCurves
from backend.domain.results import PriceLine
from backend.engine.simulation import Simulation
from backend.services.reports.thinning import kept_positions

if TYPE_CHECKING:
    from backend.engine.portfolio import PortfolioSimulation

PRICE_POINTS = 2_000
"""Closes that are kept of each symbol at most: more than a chart can show."""


def moments_of(simulation: "Simulation | PortfolioSimulation") -> Instants:
    """The end of each bar; of several symbols every moment at which a bar of one of them ended, shape (N,)."""
    return simulation.bars.end[simulation.rows] if isinstance(simulation, Simulation) else simulation.end


def shown_period(simulation: "Simulation | PortfolioSimulation") -> Period:
    """From the first to the last session."""
    return period_of(simulation.session)


def curves(simulation: "Simulation | PortfolioSimulation") -> RunCurves:
    """The lines of a run.

    The benchmark is scaled to the same capital, bought at the first open without costs.
    """
    return RunCurves(
        time=moments_of(simulation).astype("datetime64[us]"),
        equity=simulation.equity,
        benchmark=simulation.benchmark / simulation.benchmark_start * simulation.capital,
        exposure=simulation.weight,
    )


def curve_fields(lines: RunCurves) -> dict[str, Any]:
    """The same by the fields of a run."""
    named = {"equity_value": lines.equity, "benchmark_value": lines.benchmark, "exposure_value": lines.exposure}
    values = {name: tuple(line.tolist()) for name, line in named.items() if line is not None}
    return values | {"equity_time": tuple(utc_moments(lines.time))}


def price_columns(frames: Sequence[Frame], rows: Sequence[slice]) -> tuple[PriceColumns, ...]:
    """The closes of each symbol over the simulated bars, thinned out where there are many."""
    return tuple(_price_columns(frame, one) for frame, one in zip(frames, rows, strict=True))


def price_line(prices: PriceColumns) -> PriceLine:
    """The same as the record of a run."""
    return PriceLine(symbol=prices.symbol, time=tuple(utc_moments(prices.time)), close=tuple(prices.close.tolist()))


def _price_columns(frame: Frame, rows: slice) -> PriceColumns:
    bars = frame.bars
    kept = rows.start + kept_positions(bars.close[rows], PRICE_POINTS)
    return PriceColumns(bars.symbol, bars.end[kept].astype("datetime64[us]"), bars.close[kept])
