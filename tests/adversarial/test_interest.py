"""Interest on waiting cash looks like no skill: not in ratios, not in a sweep, not before the checks of a verdict."""

from datetime import date

import numpy as np
import pytest

from backend.domain.execution import Execution
from backend.domain.frames import Frame
from backend.domain.signals import Signals
from backend.domain.spec import Sizing, StrategySpec
from backend.engine.simulation import Rules
from backend.engine.sweep import Sweep
from backend.language import compile_spec
from backend.language.sweeping import Sweeping
from backend.proof.edge import edge
from backend.proof.excess import in_excess
from backend.proof.null_league import Pitch, buy_and_hold
from backend.proof.sharpe import Moments
from backend.services.evaluation import Evaluation, evaluate, evaluate_portfolio, evaluate_signals
from tests.engine.simulation.scenarios import signals
from tests.samples import aapl_bars

BARS = aapl_bars()
ROWS = slice(1200, len(BARS))
DEPOSIT = Execution(interest_rate=0.3)
IDLE = StrategySpec(
    name="Money in the bank",
    long_entry="day_of_week() < 1",
    long_exit="day_of_week() > 2",
    sizing=Sizing(value=0.001),
)


def banked(execution: Execution = DEPOSIT) -> Evaluation:
    return evaluate(compile_spec(IDLE), Frame(BARS, {}), ROWS, execution)


def test_money_in_the_bank_has_no_sharpe_ratio_worth_the_name() -> None:
    """A thousandth of the money trades on Mondays, the rest earns 30 % a year: the ratios are those of the trades."""
    with_interest, without = banked().metrics, banked(Execution()).metrics
    assert with_interest.total_return > 5
    for ratio in (with_interest.sharpe, with_interest.sortino):
        assert ratio is not None
        assert abs(ratio) < 1
    assert with_interest.alpha == pytest.approx(without.alpha, abs=1e-3)


def test_cash_alone_has_no_ratio_at_all() -> None:
    nothing = evaluate_signals(signals(BARS), IDLE, Frame(BARS, {}), ROWS, DEPOSIT)
    assert nothing.metrics.total_return > 5
    assert nothing.metrics.sharpe is None
    risk_free = DEPOSIT.interest_rate / 252
    assert Moments.of(in_excess(nothing.simulation.returns, risk_free)) is None
    assert not in_excess(nothing.simulation.returns, risk_free).any()


def test_without_interest_nothing_is_taken_off() -> None:
    returns = banked(Execution()).simulation.returns
    assert in_excess(returns, 0.0) is returns


def test_a_portfolio_is_measured_like_one_symbol() -> None:
    together = evaluate_portfolio(compile_spec(IDLE), [Frame(BARS, {})], [ROWS], DEPOSIT)
    assert together.metrics.sharpe == pytest.approx(banked().metrics.sharpe, rel=1e-9)


def test_a_sweep_does_not_take_interest_for_skill() -> None:
    compiled, frame = compile_spec(IDLE), Frame(BARS, {})
    sweep = Sweep(BARS, Rules(IDLE.sizing, IDLE.risk), DEPOSIT, ROWS, 252.0)
    swept = sweep.over(Sweeping(compiled, frame, ROWS).programs({}))
    assert swept.sharpe[0] == pytest.approx(banked().metrics.sharpe, rel=1e-9)


def test_interest_is_no_alpha() -> None:
    """Unless it is taken off, the regression finds an intercept that nothing can doubt."""
    run = banked().simulation
    close = BARS.close
    market = (close[1:] / close[:-1] - 1)[ROWS.start - 1 :]
    risk_free = DEPOSIT.interest_rate / 252
    assert edge(run.weight, market, run.returns, 10).alpha < 1e-6
    fair = edge(run.weight, in_excess(market, risk_free), in_excess(run.returns, risk_free), 10)
    assert fair.alpha > 0.05


def test_players_without_skill_are_measured_in_the_same_way() -> None:
    """Always invested but for the commission: buying and holding earns no interest, and is measured against it."""
    pitch = Pitch(BARS, ROWS, DEPOSIT, 252.0)
    everything = evaluate_signals(
        Signals(*(np.full(len(BARS), flag) for flag in (True, False, False, False))),
        IDLE.model_copy(update={"sizing": Sizing()}),
        Frame(BARS, {}),
        ROWS,
        DEPOSIT,
    )
    assert buy_and_hold(pitch, None).sharpe == pytest.approx(everything.metrics.sharpe, abs=1e-6)
    assert BARS.session[ROWS.start] > np.datetime64(date(2004, 1, 1))
