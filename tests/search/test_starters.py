"""The strategies that ship with the product: valid, at work on real prices, and each an idea of its own."""

from functools import cache
from itertools import combinations

import numpy as np
import pytest

from backend.domain.execution import Execution
from backend.domain.spec import Risk, StrategySpec
from backend.language import compile_spec, spec_hash
from backend.search.starters import STARTERS
from backend.services.evaluation import Decisions, Evaluation
from tests.search.markets import aapl_frame

NAMES = tuple(STARTERS)


@cache
def evaluated(name: str) -> Evaluation:
    frame = aapl_frame()
    return Decisions.of(compile_spec(STARTERS[name]), frame).over(slice(0, len(frame)), Execution())


def test_there_are_a_dozen_named_and_explained() -> None:
    assert len(STARTERS) == 12
    assert len({spec.name for spec in STARTERS.values()}) == 12
    for spec in STARTERS.values():
        assert len(spec.rationale) > 60, spec.name
        assert 2 <= len(spec.parameters) <= 4, spec.name
        assert all(p.low < p.value < p.high for p in spec.parameters), spec.name


@pytest.mark.parametrize("name", NAMES)
def test_each_compiles_with_any_of_its_numbers_and_has_nothing_idle(name: str) -> None:
    spec = STARTERS[name]
    assert compile_spec(spec).notices == ()
    for bound in ("low", "high"):
        compiled = compile_spec(spec.with_values({p.name: getattr(p, bound) for p in spec.parameters}))
        assert compiled.warmup < 520, (name, bound)  # two years before the first decision


@pytest.mark.parametrize("name", NAMES)
def test_each_trades_on_real_prices(name: str) -> None:
    metrics = evaluated(name).metrics
    assert metrics.trades >= 5
    assert 0.02 < metrics.exposure < 0.98


def test_no_two_of_them_are_the_same_idea() -> None:
    assert len({spec_hash(spec) for spec in STARTERS.values()}) == len(STARTERS)
    held = {name: evaluated(name).simulation.weight != 0 for name in NAMES}
    for one, other in combinations(NAMES, 2):
        shared = np.mean(held[one] & held[other]) / np.mean(held[one] | held[other])
        assert shared < 0.9, (one, other)


def test_together_they_show_what_a_strategy_can_be() -> None:
    specs: list[StrategySpec] = list(STARTERS.values())
    assert {spec.sizing.kind for spec in specs} == {"fraction", "volatility_target", "risk_per_trade"}
    for rule in Risk.model_fields:
        assert any(getattr(spec.risk, rule) is not None for spec in specs), rule
    assert sum(spec.short_entry is not None for spec in specs) == 1
    assert sum(bool(compile_spec(spec).channels) for spec in specs) == 4
