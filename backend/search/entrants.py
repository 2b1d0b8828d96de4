"""Draws the structures that compete for one attempt, more often of families that may score well on train."""

from collections.abc import Iterator, Sequence

import numpy as np

from backend.domain.spec import StrategySpec
from backend.search.archive import archive
from backend.search.blocks import FILTERS, RULES, VOLATILITY_RULE, Block
from backend.search.context import SearchContext
from backend.search.families import Family
from backend.search.objective import FULL_LENGTH, Objective

ENTRANTS = 12
"""Structures that compete for one attempt."""
HANDICAP = 0.25
"""Score that each earlier attempt of a family costs its next one: near-equals take turns, a clear best one stays."""
UNTRIED = 0.2
"""How far below the best score a family that was not tried yet is expected."""
WARMTH = 0.4
"""Difference of expected score that makes a family e times as likely to be drawn."""
ASKED_FOR = 0.15
"""Score that a word of the goal is worth to the families that answer to it."""


def handicap(family: str, context: SearchContext) -> float:
    """What a structure of ``family`` must make up for."""
    return HANDICAP * sum(view.family == family for view in context.attempts)


def family_chances(families: Sequence[Family], asked: Sequence[float], context: SearchContext) -> np.ndarray:
    """How likely each family is drawn, shape (F,), by what it is expected to score; sums to 1.

    Args:
        families: F of them.
        asked: how much the goal's words ask for each.
        context: the attempts so far.
    """
    best: dict[str, float] = {}
    for elite in archive(context.attempts, Objective(context.goal, FULL_LENGTH)).values():
        family = elite.view.family
        best[family] = max(best.get(family, -np.inf), elite.score)
    top = max(best.values(), default=0.0)
    expected = np.array(
        [best[f.name] - handicap(f.name, context) if f.name in best else top - UNTRIED for f in families]
    )
    weights = np.exp((expected + ASKED_FOR * np.asarray(asked) - top) / WARMTH)
    return np.asarray(weights / weights.sum())


def varied(family: Family, context: SearchContext, rng: np.random.Generator) -> tuple[StrategySpec, str]:
    """A structure of ``family`` with at most one filter, one exit rule and one sizing, and it in words."""
    spec = family.build(context.goal.direction, context.channel)
    first, chosen = spec.name.lower(), list[str]()
    for kind in _kinds(context.channel):
        names = [None, *kind]
        name = names[rng.integers(len(names))]
        changed = kind[name](spec) if name else None
        if name and changed is not None:
            words = name if name in FILTERS else f"with {name}"
            spec = changed.model_copy(update={"name": f"{spec.name} {words}"[:80]}) if name in FILTERS else changed
            chosen.append(words)
    return spec, " ".join([first, *chosen])


def _kinds(channel: str | None) -> Iterator[dict[str, Block]]:
    """The building blocks of each kind: filters, exits, sizings."""
    yield {name: f.on(channel) for name, f in FILTERS.items() if channel is not None or not f.reads_sentiment}
    yield {name: rule for name, rule in RULES.items() if name != VOLATILITY_RULE}
    yield {VOLATILITY_RULE: RULES[VOLATILITY_RULE]}
