"""Sets how strong a planted edge is: its best rule's net Sharpe ratio is 2 on average over markets of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from backend.domain.execution import Execution
from backend.domain.frames import Frame, SentimentColumns
from backend.engine.simulation import Rules
from backend.engine.sweep import Sweep
from backend.language import compile_spec
from backend.language.sweeping import Sweeping
from benchmarks.null_sources import POSTS_A_SESSION, USUAL_SPREAD
from benchmarks.planted_markets import Kind, PlantedMarket, best_rule

MARKETS = range(10_000, 10_040)
WARMUP = 250
NUMBERS: dict[Kind, tuple[tuple[float, ...], ...]] = {
    "leading": ((1, 2, 3, 4, 5), (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35), (-0.15, -0.1, -0.05, 0.0, 0.05, 0.1)),
    "reverting": ((5, 6, 7, 8, 10, 12, 15), (0.0, 0.25, 0.5, 0.75, 1.0, 1.25), (-0.5, -0.25, 0.0, 0.25, 0.5)),
}
"""What the numbers of each best rule are chosen from, in the order of its parameters."""


@dataclass(frozen=True)
class Calibration:
    """The numbers that are best on average at one strength, and what they earn.

    Attributes:
        sharpe: net, yearly, over thirteen years without the warm-up; mean over the markets.
        spread: standard deviation over the markets.
    """

    kind: Kind
    strength: float
    numbers: tuple[float, ...]
    sharpe: float
    spread: float


def calibrated(kind: Kind, strengths: Sequence[float]) -> list[Calibration]:
    """One row for each strength."""
    return [_at(kind, strength) for strength in strengths]


def _at(kind: Kind, strength: float) -> Calibration:
    points = list(product(*NUMBERS[kind]))
    table = np.array([_sharpes(PlantedMarket.planted(seed, kind, strength), kind, points) for seed in MARKETS])
    best = int(table.mean(axis=0).argmax())
    column = table[:, best]
    return Calibration(kind, strength, points[best], float(column.mean()), float(column.std()))


def _sharpes(market: PlantedMarket, kind: Kind, points: Sequence[tuple[float, ...]]) -> np.ndarray:
    """Net Sharpe ratio of the rule with each of the numbers, at the usual costs."""
    spec, frame = best_rule(kind), _frame(market)
    rows = slice(WARMUP, len(frame))
    columns = {p.name: [point[i] for point in points] for i, p in enumerate(spec.parameters)}
    sweep = Sweep(frame.bars, Rules(spec.sizing, spec.risk), Execution(), rows, 252.0)
    return np.nan_to_num(sweep.over(Sweeping(compile_spec(spec), frame, rows).programs(columns)).sharpe)


def _frame(market: PlantedMarket) -> Frame:
    """Bars with the sentiment of posts as numerous and as noisy as the market's own, made without their texts."""
    rng, size = np.random.default_rng([6, market.seed]), len(market.calendar)
    posts = rng.poisson(POSTS_A_SESSION, size).astype(np.float64)
    heard = market.shared_feeling() + USUAL_SPREAD * rng.standard_normal(size) / np.sqrt(np.maximum(posts, 1))
    mood = np.where(posts > 0, np.clip(heard, -1, 1), np.nan)
    return Frame(market.bars(), {"reddit": SentimentColumns(mood, np.full(size, USUAL_SPREAD), posts)})
