"""Sharpe, Sortino, volatility and drawdown agree with empyrical on any returns."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engine.metrics import measure
from tests.engine.simulation.scenarios import play

steps = st.lists(st.floats(0.7, 1.4), min_size=3, max_size=60).filter(lambda moves: np.std(moves) > 1e-6)


@pytest.mark.slow
@settings(max_examples=100)
@given(steps, st.sampled_from((0.0, 0.05)))
def test_agrees_with_empyrical(moves: list[float], risk_free_rate: float) -> None:
    empyrical = _empyrical()
    prices = (100 * np.cumprod([1.0, *moves])).tolist()
    simulation = play(prices, capital=100, long_entry=[0])
    returns, risk_free = simulation.returns, risk_free_rate / 252

    metrics = measure(simulation, 252, risk_free_rate)

    assert metrics.volatility == pytest.approx(empyrical.annual_volatility(returns), rel=1e-9)
    assert metrics.max_drawdown == pytest.approx(-empyrical.max_drawdown(returns), rel=1e-9, abs=1e-12)
    assert metrics.sharpe == pytest.approx(empyrical.sharpe_ratio(returns, risk_free=risk_free), rel=1e-9, abs=1e-9)
    if metrics.sortino is not None:
        expected = empyrical.sortino_ratio(returns, required_return=risk_free)
        assert metrics.sortino == pytest.approx(expected, rel=1e-9, abs=1e-9)


def _empyrical() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import empyrical
    return empyrical
