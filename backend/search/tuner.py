"""Finds numbers for a strategy: seeded random draws, then coordinate steps, on train rows only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.errors import Cancelled
from backend.domain.execution import Execution
from backend.domain.frames import LoopFrame
from backend.domain.goal import Goal
from backend.domain.ports import CancelRequested
from backend.domain.spec import Parameter, StrategySpec
from backend.engine.calendar import observed_periods_per_year
from backend.engine.simulation import Rules
from backend.engine.sweep import Sweep, SweepResult
from backend.language import CompiledSpec, compile_spec
from backend.language.sweeping import Sweeping
from backend.search.objective import Objective, Outcome

EVALUATIONS = 120
DRAWN_SHARE = 0.6
"""Share of the budget spent on random draws; the rest refines the best of them."""
STEPS = (0.25, 0.1, 0.04)
"""Coordinate steps as shares of a parameter's range, coarse to fine."""
WARMUP_SHARE = 1 / 3
"""A strategy may spend at most this share of the train rows on warming up."""

Observe = Callable[[Floats], None]
Point = tuple[float, ...]


@dataclass(frozen=True)
class TuningTask:
    """What a strategy is tuned on and towards.

    Attributes:
        rows: the train rows of ``frame``; nothing after them is read.
        seed: one or several whole numbers; the same seed tunes the same way.
        evaluations: candidates that may be evaluated, the strategy as proposed included.
    """

    frame: LoopFrame
    rows: slice
    execution: Execution
    goal: Goal
    seed: int | Sequence[int] = 0
    evaluations: int = EVALUATIONS


@dataclass(frozen=True)
class Tuned:
    """The strategy with the best numbers found, how many were tried, and the best score."""

    spec: StrategySpec
    trials: int
    best_score: float


def tune(spec: StrategySpec, task: TuningTask, observe: Observe, cancelled: CancelRequested) -> Tuned:
    """Search the parameters of ``spec`` within their bounds for the best train score.

    Args:
        spec: a valid strategy; its own numbers are evaluated first, so the result is never worse on train.
        task: data, goal, seed and budget.
        observe: is handed the bar returns of every evaluation, shape (N,).
        cancelled: polled before every evaluation is counted; a few may have been computed ahead.

    Raises:
        InvalidInput: the strategy does not compile, or needs more bars to warm up than there are.
        Cancelled: ``cancelled`` returned True.
    """
    search = NumberSearch.begin(spec, task, observe, cancelled)
    search.draw(np.random.default_rng(task.seed), int(task.evaluations * DRAWN_SHARE))
    return search.refined(task.evaluations)


@dataclass
class NumberSearch:
    """The numbers of one strategy that were evaluated so far, in order, with their scores."""

    spec: StrategySpec
    compiled: CompiledSpec
    task: TuningTask
    frame: LoopFrame
    observe: Observe
    cancelled: CancelRequested
    scores: dict[Point, float] = field(default_factory=dict)

    @classmethod
    def begin(cls, spec: StrategySpec, task: TuningTask, observe: Observe, cancelled: CancelRequested) -> Self:
        """With the strategy's own numbers evaluated; the arguments and errors are those of ``tune``."""
        # the frame is cut at the end of train: later rows cannot leak through any expression
        frame = LoopFrame(task.frame.window(0, task.rows.stop))
        search = cls(spec, compile_spec(spec), task, frame, observe, cancelled)
        search.evaluate([search.origin])
        return search

    @property
    def evaluated(self) -> int:
        """How many sets of numbers were tried."""
        return len(self.scores)

    @property
    def best_score(self) -> float:
        """The highest score so far."""
        return self.scores[self.best()]

    def draw(self, rng: np.random.Generator, count: int) -> None:
        """Evaluate ``count`` random sets of numbers, fewer where some were tried before or do not fit the data."""
        if self.spec.parameters:
            self.evaluate(_draws(self.spec.parameters, rng, count))

    def refined(self, evaluations: int) -> Tuned:
        """Refine the best numbers until ``evaluations`` were made in all, and hand them out."""
        self.task = replace(self.task, evaluations=evaluations)
        if self.spec.parameters:
            self.refine()
        return self.result()

    def result(self) -> Tuned:
        """The strategy with the best numbers so far."""
        best = self.best()
        return Tuned(self.spec.with_values(self.values(best)), self.evaluated, self.scores[best])

    def __post_init__(self) -> None:
        rows = self.task.rows
        bars, rules = self.frame.bars, Rules(self.spec.sizing, self.spec.risk)
        self.year = observed_periods_per_year(bars.timeframe, bars.session[rows])
        self.sweep = Sweep(bars, rules, self.task.execution, rows, self.year)
        self.sweeping = Sweeping(self.compiled, self.frame, rows)
        self.objective = Objective(self.task.goal, rows.stop - rows.start)
        self.origin = tuple(p.value for p in self.spec.parameters)
        self.longest_warmup = rows.start + int((rows.stop - rows.start) * WARMUP_SHARE)

    def values(self, point: Point) -> dict[str, float]:
        """The point as values by parameter name."""
        return {p.name: value for p, value in zip(self.spec.parameters, point, strict=True)}

    def best(self) -> Point:
        """The point with the highest score; of equals the one evaluated first."""
        return max(self.scores, key=lambda point: self.scores[point])

    def evaluate(self, points: Sequence[Point]) -> None:
        """Score the points that are new and fit the data, as far as the budget goes."""
        left = self.task.evaluations - len(self.scores)
        fresh = [p for p in dict.fromkeys(points) if p not in self.scores and self._fits(p)][: max(left, 0)]
        if not fresh:
            return
        columns = {p.name: [point[i] for point in fresh] for i, p in enumerate(self.spec.parameters)}
        returns: list[Floats] = []
        result = self.sweep.observed(self.sweeping.programs(columns), lambda row: self._observed(row, returns))
        for index, point in enumerate(fresh):
            outcome = self._outcome(result, index).along(returns[index], self.year)
            self.scores[point] = self.objective.score(self.spec, outcome)

    def refine(self) -> None:
        """Move one parameter at a time from the best point, with smaller and smaller steps."""
        for step in STEPS:
            while self._round(step) and len(self.scores) < self.task.evaluations:
                pass

    def _round(self, step: float) -> bool:
        moves = [self._step(index, step) for index in range(len(self.spec.parameters))]
        return any(moves)

    def _step(self, index: int, step: float) -> bool:
        best, parameter = self.best(), self.spec.parameters[index]
        reach = (parameter.high - parameter.low) * step
        moved = [on_grid(parameter, best[index] + sign * reach) for sign in (1, -1)]
        self.evaluate([(*best[:index], value, *best[index + 1 :]) for value in moved])
        return self.best() != best

    def _fits(self, point: Point) -> bool:
        return point == self.origin or self.compiled.warmup_for(self.values(point)) <= self.longest_warmup

    def _observed(self, row: Floats, returns: list[Floats]) -> None:
        if self.cancelled():
            raise Cancelled("The search for parameters was stopped.", "finished attempts are kept")
        self.observe(row)
        returns.append(row)

    def _outcome(self, result: SweepResult, index: int) -> Outcome:
        figures = {
            "total_return": _defined(result.total_return[index]),
            "sharpe": _defined(result.sharpe[index]),
            "max_drawdown": _defined(result.max_drawdown[index]),
            "trades": float(result.trades[index]),
        }
        return Outcome(figures | {"cagr": self._yearly(figures["total_return"])})

    def _yearly(self, total_return: float | None) -> float | None:
        if total_return is None or total_return <= -1:
            return None
        rows = self.task.rows
        years = (rows.stop - rows.start) / self.year
        return float((1 + total_return) ** (1 / years) - 1)


def on_grid(parameter: Parameter, value: float) -> float:
    """The nearest readable value within the bounds: whole numbers, or three significant digits."""
    value = round(value) if parameter.kind == "int" else float(f"{value:.3g}")
    return float(min(max(value, parameter.low), parameter.high))


def with_random_numbers(spec: StrategySpec, rng: np.random.Generator) -> StrategySpec:
    """The strategy with every number drawn within its bounds, as the search draws them."""
    point = _draws(spec.parameters, rng, 1)[0]
    return spec.with_values({p.name: value for p, value in zip(spec.parameters, point, strict=True)})


def _draws(parameters: Sequence[Parameter], rng: np.random.Generator, count: int) -> list[Point]:
    uniform = rng.random((count, len(parameters)))
    return [tuple(_place(p, share) for p, share in zip(parameters, row, strict=True)) for row in uniform]


def _place(parameter: Parameter, share: float) -> float:
    """The value at a share of the range; windows are spread by ratio, since 5 against 10 matters as 50 against 100."""
    low, high = parameter.low, parameter.high
    if parameter.kind == "int" and low >= 1:
        return on_grid(parameter, low * (high / low) ** share)
    return on_grid(parameter, low + (high - low) * share)


def _defined(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
