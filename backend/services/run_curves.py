"""What a backtest did from bar to bar, as a stored run keeps it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from backend.domain.arrays import Instants
from backend.domain.frames import Frame
from backend.domain.moments import period_of, utc_moments
from backend.domain.periods import Period
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


def curves(simulation: "Simulation | PortfolioSimulation") -> dict[str, Any]:
    """The curves of a run by field, a value for each moment.

    The benchmark is scaled to the same capital, bought at the first open without costs.
    """
    benchmark = simulation.benchmark / simulation.benchmark_start * simulation.capital
    return {
        "equity_time": tuple(utc_moments(moments_of(simulation))),
        "equity_value": tuple(simulation.equity.tolist()),
        "benchmark_value": tuple(benchmark.tolist()),
        "exposure_value": tuple(simulation.weight.tolist()),
    }


def price_lines(frames: Sequence[Frame], rows: Sequence[slice]) -> tuple[PriceLine, ...]:
    """The closes of each symbol over the simulated bars, thinned out where there are many."""
    return tuple(_price_line(frame, one) for frame, one in zip(frames, rows, strict=True))


def _price_line(frame: Frame, rows: slice) -> PriceLine:
    bars = frame.bars
    kept = rows.start + kept_positions(bars.close[rows], PRICE_POINTS)
    return PriceLine(
        symbol=bars.symbol, time=tuple(utc_moments(bars.end[kept])), close=tuple(bars.close[kept].tolist())
    )
