"""Runs one strategy over one stretch of a frame: the single place where numbers of a backtest come from."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from backend.domain.errors import InvalidInput
from backend.domain.execution import Execution
from backend.domain.frames import Frame
from backend.domain.results import Metrics
from backend.domain.signals import Signals
from backend.domain.spec import StrategySpec
from backend.engine.calendar import periods_per_year
from backend.engine.metrics import measure
from backend.engine.simulation import Rules, Simulation, simulate
from backend.language import CompiledSpec

GROWTH_POINTS = 60
GROWTH_DIGITS = 6


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a strategy did over one stretch."""

    simulation: Simulation
    metrics: Metrics

    def growth(self) -> tuple[float, ...]:
        """Equity over capital at up to 60 evenly spread bars, the last one included; enough to draw a small curve."""
        equity = self.simulation.equity
        rows = np.unique(np.linspace(0, equity.size - 1, min(GROWTH_POINTS, equity.size)).astype(np.int64))
        return tuple(round(float(value), GROWTH_DIGITS) for value in equity[rows] / self.simulation.capital)


@dataclass(frozen=True, eq=False)
class Decisions:
    """What one strategy decides on one frame, worked out once and then simulated over any stretches of it."""

    compiled: CompiledSpec
    frame: Frame
    signals: Signals

    @classmethod
    def of(cls, compiled: CompiledSpec, frame: Frame) -> Self:
        """Decide at every bar of ``frame``."""
        return cls(compiled, frame, compiled.signals(frame))

    def over(self, rows: slice, execution: Execution) -> Evaluation:
        """Simulate them over ``rows``, starting flat.

        Raises:
            InvalidInput: the strategy needs more bars to warm up than there are before the end of ``rows``.
        """
        if self.compiled.warmup >= rows.stop:
            raise InvalidInput(
                f"The strategy needs {self.compiled.warmup} bars to warm up, but only {rows.stop} are there.",
                "use shorter windows or a longer history",
            )
        return evaluate_signals(self.signals, self.compiled.spec, self.frame, rows, execution)


def evaluate(compiled: CompiledSpec, frame: Frame, rows: slice, execution: Execution) -> Evaluation:
    """Decide on ``frame`` and simulate over ``rows``, as ``Decisions`` does."""
    return Decisions.of(compiled, frame).over(rows, execution)


def evaluate_signals(
    signals: Signals, spec: StrategySpec, frame: Frame, rows: slice, execution: Execution
) -> Evaluation:
    """Simulate decisions that were already made."""
    rules = Rules(sizing=spec.sizing, risk=spec.risk)
    simulation = simulate(frame.bars, signals, rules, execution, rows)
    return Evaluation(simulation, measure(simulation, periods_per_year(frame.bars.timeframe)))
