"""Runs one strategy over one stretch of a frame: the single place where numbers of a backtest come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from backend.domain.errors import InvalidInput
from backend.domain.execution import Execution
from backend.domain.frames import Frame
from backend.domain.results import Metrics, YearFigures
from backend.domain.sessions import ConditionRate
from backend.domain.signals import Signals
from backend.domain.spec import StrategySpec
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import observed_periods_per_year, periods_per_year
from backend.engine.metrics import measure
from backend.engine.metrics.sample import Measurable
from backend.engine.simulation import Rules, Simulation, simulate
from backend.language import CompiledSpec

if TYPE_CHECKING:
    from backend.engine.portfolio import Book, PortfolioSimulation, RotationRules

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

    def years(self) -> tuple[YearFigures, ...]:
        """Figures of each calendar year that the stretch reaches into, in order."""
        from backend.services.yearly import by_year

        return by_year(self.simulation)


@dataclass(frozen=True, eq=False)
class PortfolioEvaluation:
    """What a strategy did with several symbols and one account over one stretch."""

    simulation: "PortfolioSimulation"
    metrics: Metrics


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
            InvalidInput: the strategy needs more bars to warm up than there are before the end of ``rows``, or it
                needs several symbols.
        """
        _require_one_symbol(self.compiled.spec, execution)
        _require_warmup(self.compiled, rows)
        return evaluate_signals(self.signals, self.compiled.spec, self.frame, rows, execution)

    def condition_rates(self, rows: slice) -> tuple[ConditionRate, ...]:
        """How often each part of the entry condition is true over ``rows``."""
        parts = self.compiled.entry_parts(self.frame)
        return tuple(ConditionRate(expression=text, rate=float(np.mean(true[rows]))) for text, true in parts)


def evaluate(compiled: CompiledSpec, frame: Frame, rows: slice, execution: Execution) -> Evaluation:
    """Decide on ``frame`` and simulate over ``rows``, as ``Decisions`` does."""
    return Decisions.of(compiled, frame).over(rows, execution)


def evaluate_signals(
    signals: Signals, spec: StrategySpec, frame: Frame, rows: slice, execution: Execution
) -> Evaluation:
    """Simulate decisions that were already made; ratios are in excess of what idle cash earns without any."""
    rules = Rules(sizing=spec.sizing, risk=spec.risk)
    simulation = simulate(frame.bars, signals, rules, execution, rows)
    return Evaluation(simulation, _measured(simulation, frame.bars.timeframe, execution))


def evaluate_portfolio(
    compiled: CompiledSpec, frames: Sequence[Frame], rows: Sequence[slice], execution: Execution
) -> PortfolioEvaluation:
    """Decide on each frame by itself and simulate all of them with one account, starting flat.

    Args:
        compiled: with or without a rotation.
        frames: one a symbol, in the stated order, which is the order of entries.
        rows: of each frame, the bars within the period.
        execution: its ``max_positions`` bounds what is held at the same time.

    Raises:
        InvalidInput: no symbol has enough bars to warm up, or the engine cannot hold these symbols together.
    """
    from backend.engine.portfolio import simulate_portfolio

    _require_warmup(compiled, max(rows, key=lambda one: int(one.stop)))
    spec = compiled.spec
    books = [_book(compiled, frame, one) for frame, one in zip(frames, rows, strict=True)]
    simulation = simulate_portfolio(books, Rules(sizing=spec.sizing, risk=spec.risk), execution, _rotation(spec))
    return PortfolioEvaluation(simulation, _measured(simulation, frames[0].bars.timeframe, execution))


def _measured(result: Measurable, timeframe: Timeframe, execution: Execution) -> Metrics:
    """Metrics by the bars that there were; a bar of cash earns what the simulation paid for one."""
    year = observed_periods_per_year(timeframe, result.session)
    return measure(result, year, execution.interest_rate / periods_per_year(timeframe) * year)


def _book(compiled: CompiledSpec, frame: Frame, rows: slice) -> "Book":
    from backend.engine.portfolio import Book

    return Book(frame.bars, compiled.signals(frame), rows, compiled.rank(frame))


def _rotation(spec: StrategySpec) -> "RotationRules | None":
    from backend.engine.portfolio import RotationRules

    if spec.rotation is None:
        return None
    return RotationRules(spec.rotation.top, spec.rotation.every, filtered=spec.long_entry is not None)


def _require_one_symbol(spec: StrategySpec, execution: Execution) -> None:
    if spec.rotation is not None:
        raise InvalidInput(
            "A rotation chooses among several symbols with one account, and this trades a single one.",
            "backtest it over several symbols: `backproof backtest run --symbols AAPL,MSFT,IBM`",
        )
    if execution.max_positions is not None and execution.max_positions > 1:
        raise InvalidInput(
            f"{execution.max_positions} positions at the same time cannot be held in one symbol.",
            "name several symbols, or leave the number of positions out: `--max-positions`",
        )


def _require_warmup(compiled: CompiledSpec, rows: slice) -> None:
    if compiled.warmup >= rows.stop:
        raise InvalidInput(
            f"The strategy needs {compiled.warmup} bars to warm up, but only {rows.stop} are there.",
            "use shorter windows or a longer history",
        )
