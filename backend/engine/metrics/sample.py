"""A simulation as metrics see it: what several of them need is computed once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backend.engine.metrics.passes import Moments, Totals, drawdowns, moments, totals
from backend.engine.simulation import Simulation

NEGLIGIBLE = 1e-12
"""A standard deviation per bar at or below this is rounding, not movement."""


@dataclass(frozen=True, eq=False)
class Sample:
    """A simulation of N bars with the scale of its time and of riskless money.

    Attributes:
        periods_per_year: bars in a year, e.g. 252.
        risk_free_rate: yearly, as a fraction.
    """

    simulation: Simulation
    periods_per_year: float
    risk_free_rate: float

    @property
    def size(self) -> int:
        """N."""
        return self.simulation.equity.size

    @property
    def risk_free(self) -> float:
        """Riskless return of one bar."""
        return self.risk_free_rate / self.periods_per_year

    @property
    def final_equity(self) -> float:
        """Equity after the last bar."""
        return float(self.simulation.equity[-1])

    @cached_property
    def elapsed_days(self) -> int:
        """Calendar days from the first session to the last."""
        session = self.simulation.bars.session[self.simulation.rows]
        return int((session[-1] - session[0]).astype(np.int64))

    @cached_property
    def moments(self) -> Moments:
        """Of the bar returns, and of buying at the first open and holding."""
        simulation = self.simulation
        closes = np.ascontiguousarray(simulation.bars.close[simulation.rows])
        bought_at = float(simulation.bars.open[simulation.rows.start])
        return Moments(*moments(simulation.returns, closes, bought_at, self.risk_free))

    @cached_property
    def deviation(self) -> float | None:
        """Standard deviation (ddof 1) of a bar return; None for a single bar."""
        return deviation_of(self.moments.squares, self.size)

    @cached_property
    def drawdown(self) -> tuple[float, int]:
        """Depth as a fraction, and the longest time under water in days."""
        simulation = self.simulation
        days = simulation.bars.session[simulation.rows].view(np.int64)
        return drawdowns(simulation.equity, simulation.capital, days)

    @cached_property
    def totals(self) -> Totals:
        """Of the positions."""
        return Totals(*totals(self.simulation.positions, self.simulation.trade_count))


def deviation_of(squares: float, size: int) -> float | None:
    """Standard deviation (ddof 1) from a sum of squared distances; None below two values, 0 where it is rounding."""
    if size < 2:
        return None
    deviation = float((squares / (size - 1)) ** 0.5)
    return deviation if deviation > NEGLIGIBLE else 0.0
