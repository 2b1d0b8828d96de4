"""Real runs to the cent, held against a simulator that was written from the rules alone, in plain Python.

It shares no line with the engine: averages by ``math.fsum`` over the adjusted closes, an account, a loop over the days.
The figures below are its answers, as are those of some 200 random requests that agreed as well, in days and in minutes.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.domain.execution import Costs, Execution
from backend.domain.spec import Risk, Rotation, Sizing, StrategySpec
from backend.domain.timeframes import Timeframe
from backend.services.backtests import BacktestRequest
from tests.agents.sessions import application

BOTH_SIDES: dict[str, Any] = {
    "spec": StrategySpec(
        name="Both sides",
        long_entry="sma(close, 13) > sma(close, 34)",
        long_exit="sma(close, 13) < sma(close, 34)",
        short_entry="close < sma(close, 55)",
        short_exit="close > sma(close, 55)",
        risk=Risk(stop_loss=0.08, trailing_stop=0.12),
    ),
    "symbols": ("AAPL", "MSFT", "IBM", "GOOG"),
    "start": date(2005, 1, 3),
    "execution": Execution(
        costs=Costs(commission_fixed=4.95), whole_shares=True, borrow_rate=0.03, interest_rate=0.02, max_positions=3
    ),
}
ROTATING: dict[str, Any] = {
    "spec": StrategySpec(
        name="Rotation",
        rotation=Rotation(rank="roc(close, 60)", top=2, every=21),
        long_entry="close > sma(close, 89)",
        sizing=Sizing(value=0.9),
        risk=Risk(stop_loss=0.1, take_profit=0.4),
    ),
    "symbols": ("GOOG", "IBM", "MSFT", "AAPL"),
    "start": date(2005, 1, 3),
    "execution": Execution(interest_rate=0.02),
}
RISKING: dict[str, Any] = {
    "spec": StrategySpec(
        name="Two percent",
        long_entry="close > sma(close, 21)",
        long_exit="close < sma(close, 21)",
        sizing=Sizing(kind="risk_per_trade", value=0.02),
        risk=Risk(stop_loss=0.05, take_profit=0.2, max_holding_bars=30),
    ),
    "symbols": ("AAPL",),
    "start": date(2001, 1, 2),
    "execution": Execution(costs=Costs(commission_rate=0.001, slippage=0.001)),
}


@pytest.mark.parametrize(
    ("asked", "final", "trades", "interest", "borrowing"),
    [
        (BOTH_SIDES, 224_975.33509780263, 239, 12_489.138059536339, 15_293.026253133276),
        (ROTATING, 332_562.41173849173, 68, 8_868.271847965769, 0.0),
        (RISKING, 202_184.416185627, 215, 0.0, 0.0),
    ],
)
def test_a_run_is_what_the_rules_say(
    asked: dict[str, Any], final: float, trades: int, interest: float, borrowing: float, tmp_path: Path
) -> None:
    stated: dict[str, Any] = {"owner": "local", "timeframe": Timeframe.DAY, "end": date(2012, 12, 31)} | asked
    run = application(tmp_path).backtests.run(BacktestRequest(**stated))
    assert len(run.trades) == trades
    assert run.metrics.final_equity == pytest.approx(final, abs=0.005)
    assert run.financing.interest_earned == pytest.approx(interest, abs=0.005)
    assert run.financing.borrow_paid == pytest.approx(borrowing, abs=0.005)
