"""One strategy over one stretch: metrics, the small curve, and what cannot warm up."""

import pytest

from backend.domain.errors import InvalidInput
from backend.domain.execution import Costs, Execution
from backend.domain.frames import Frame
from backend.domain.spec import StrategySpec
from backend.language import compile_spec
from backend.services.evaluation import evaluate
from tests.samples import aapl_bars, flat_bars

FREE = Execution(capital=1000, costs=Costs(commission_rate=0, slippage=0))
ALWAYS = compile_spec(StrategySpec(name="always", long_entry="close > 0"))


def test_growth_is_equity_over_capital_and_ends_with_the_last_bar() -> None:
    # decided at 10, filled at the next open 10, then 12, 9, 15: equity 1000, 1000, 1200, 900, 1500
    evaluation = evaluate(ALWAYS, Frame(flat_bars([10, 10, 12, 9, 15]), {}), slice(0, 5), FREE)
    assert evaluation.growth() == (1.0, 1.0, 1.2, 0.9, 1.5)


def test_a_long_curve_is_thinned_to_sixty_points() -> None:
    bars = aapl_bars()
    evaluation = evaluate(ALWAYS, Frame(bars, {}), slice(0, len(bars)), FREE)
    growth = evaluation.growth()
    assert len(growth) == 60
    assert growth[-1] == pytest.approx(evaluation.metrics.final_equity / 1000, abs=1e-6)


def test_a_strategy_that_never_warms_up_is_refused() -> None:
    slow = compile_spec(StrategySpec(name="slow", long_entry="close > sma(close, 6)"))
    with pytest.raises(InvalidInput, match="needs 5 bars"):
        evaluate(slow, Frame(flat_bars([10] * 5), {}), slice(0, 5), FREE)
