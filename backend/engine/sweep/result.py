"""What a sweep tells of each combination."""

from dataclasses import dataclass

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.engine.metrics.sample import NEGLIGIBLE
from backend.engine.sweep.columns import CUBES, DEPTH, FINAL, FOURTHS, MEAN, SQUARES, TRADES


@dataclass(frozen=True, eq=False)
class SweepResult:
    """One row for each of C combinations, in their order; the numbers that ``simulate`` and ``measure`` give.

    Attributes:
        bars: N, the count of bar returns of every combination.
        total_return: fraction, shape (C,).
        sharpe: yearly, in excess of the risk-free rate, shape (C,); NaN where the returns do not vary.
        max_drawdown: positive fraction, shape (C,).
        trades: closed trades, shape (C,).
        mean: of the bar returns, shape (C,).
        deviation: standard deviation (ddof 1) of the bar returns, shape (C,); 0 where it is rounding, NaN for one bar.
        skewness: standardised third moment (population), shape (C,); NaN where the returns do not vary.
        kurtosis: standardised fourth moment (population), 3 for normal returns, shape (C,); NaN likewise.
    """

    bars: int
    total_return: Floats
    sharpe: Floats
    max_drawdown: Floats
    trades: Integers
    mean: Floats
    deviation: Floats
    skewness: Floats
    kurtosis: Floats

    def __len__(self) -> int:
        return len(self.trades)

    @classmethod
    def of(
        cls, measured: Floats, bars: int, capital: float, periods_per_year: float, risk_free: float = 0.0
    ) -> "SweepResult":
        """The result of what was measured, shape (C, MEASURED); a bar without risk returns ``risk_free``."""
        mean, squares = measured[:, MEAN].copy(), measured[:, SQUARES]
        deviation = np.sqrt(squares / (bars - 1)) if bars > 1 else np.full(len(measured), np.nan)
        deviation = np.where(deviation <= NEGLIGIBLE, 0.0, deviation)
        varies = deviation > 0.0
        spread = np.where(varies, squares, np.nan) / bars
        return cls(
            bars=bars,
            total_return=measured[:, FINAL] / capital - 1.0,
            sharpe=(mean - risk_free) / np.where(varies, deviation, np.nan) * np.sqrt(periods_per_year),
            max_drawdown=measured[:, DEPTH].copy(),
            trades=measured[:, TRADES].astype(np.int64),
            mean=mean,
            deviation=deviation,
            skewness=measured[:, CUBES] / bars / spread**1.5,
            kurtosis=measured[:, FOURTHS] / bars / spread**2,
        )
