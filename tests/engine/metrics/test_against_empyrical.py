"""Every metric that empyrical defines in the same way agrees with it on any returns."""

import warnings
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.spec import Sizing
from backend.engine.metrics import measure
from tests.engine.simulation.scenarios import play

# the first price only decides, so the returns vary if the moves after it do
steps = st.lists(st.floats(0.7, 1.4), min_size=3, max_size=60).filter(lambda moves: np.std(moves[1:]) > 1e-6)


@pytest.mark.slow
@settings(max_examples=100)
@given(steps, st.sampled_from((0.0, 0.05)), st.sampled_from((1.0, 0.4)))
def test_agrees_with_empyrical(moves: list[float], risk_free_rate: float, share: float) -> None:
    empyrical = _empyrical()
    prices = (100 * np.cumprod([1.0, *moves])).tolist()
    simulation = play(prices, capital=100, sizing=Sizing(value=share), long_entry=[0])
    returns, risk_free = simulation.returns, risk_free_rate / 252
    market = np.array([0.0, *(after / before - 1 for before, after in pairwise(prices))])

    metrics = measure(simulation, 252, risk_free_rate)

    assert metrics.total_return == pytest.approx(empyrical.cum_returns_final(returns), rel=1e-9, abs=1e-12)
    assert metrics.volatility == pytest.approx(empyrical.annual_volatility(returns), rel=1e-9)
    assert metrics.max_drawdown == pytest.approx(-empyrical.max_drawdown(returns), rel=1e-9, abs=1e-12)
    assert metrics.sharpe == pytest.approx(empyrical.sharpe_ratio(returns, risk_free=risk_free), rel=1e-9, abs=1e-9)
    if metrics.sortino is not None:
        expected = empyrical.sortino_ratio(returns, required_return=risk_free)
        assert metrics.sortino == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert metrics.beta == pytest.approx(empyrical.beta(returns, market, risk_free), rel=1e-9, abs=1e-9)
    if metrics.calmar is not None:  # empyrical counts bars where this counts calendar days
        yearly = (1 + metrics.total_return) ** (365.25 / (len(prices) - 1)) - 1
        assert metrics.calmar == pytest.approx(yearly / -empyrical.max_drawdown(returns), rel=1e-9)
    # empyrical compounds alpha over a year; before that it is the same mean per bar
    assert metrics.alpha is not None
    compounded = (1 + metrics.alpha / 252) ** 252 - 1
    assert compounded == pytest.approx(empyrical.alpha(returns, market, risk_free), rel=1e-9, abs=1e-9)


def _empyrical() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import empyrical
    return empyrical
