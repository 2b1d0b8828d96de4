"""The books balance: fills, cash, equity and metrics recomputed with plain numpy from the bars and trades alone."""

from math import sqrt

import numpy as np
import pytest

from backend.domain.execution import Costs, Execution
from backend.domain.frames import Frame
from backend.domain.results import Metrics, Trade
from backend.domain.spec import Risk, Sizing, StrategySpec
from backend.engine.simulation import Simulation
from backend.language import compile_spec
from backend.services.evaluation import evaluate
from backend.services.trading_notices import ruin_notices
from tests.samples import aapl_bars, flat_bars

BARS = aapl_bars()
FRAME = Frame(BARS, {})
ROWS = slice(300, 1300)
ENTRIES = ("cross_above(sma(close, 5), sma(close, 20))", "rsi(close, 3) < 25", "roc(close, 10) > 0.05")
EXITS = (None, "cross_below(sma(close, 5), sma(close, 20))", "rsi(close, 3) > 70")


def random_case(seed: int) -> tuple[StrategySpec, Execution]:
    """A strategy with random conditions, stops and sizing, and random costs."""
    rng = np.random.default_rng(seed)

    def maybe(low: float, high: float) -> float | None:
        return float(rng.uniform(low, high)) if rng.random() < 0.5 else None

    short = rng.random() < 0.5
    stop = float(rng.uniform(0.02, 0.15))
    kinds = ("fraction", "volatility_target", "risk_per_trade")
    kind = kinds[rng.integers(3)]
    spec = StrategySpec.model_validate(
        {
            "name": "random",
            "long_entry": ENTRIES[rng.integers(3)],
            "long_exit": EXITS[rng.integers(3)],
            "short_entry": f"not ({ENTRIES[rng.integers(3)]})" if short else None,
            "short_exit": EXITS[rng.integers(3)] if short else None,
            "sizing": {"kind": kind, "value": 0.02 if kind == "risk_per_trade" else float(rng.uniform(0.1, 1.0))},
            "risk": {
                "stop_loss": stop if kind == "risk_per_trade" else maybe(0.02, 0.15),
                "take_profit": maybe(0.02, 0.3),
                "trailing_stop": maybe(0.03, 0.2),
                "max_holding_bars": int(rng.integers(2, 60)),
            },
        }
    )
    costs = Costs(
        commission_rate=float(rng.uniform(0, 0.003)),
        commission_fixed=float(rng.choice([0.0, 3.0])),
        slippage=float(rng.uniform(0, 0.003)),
    )
    return spec, Execution(capital=float(rng.uniform(2e3, 1e6)), costs=costs, whole_shares=bool(rng.random() < 0.5))


def rows_of(trade: Trade) -> tuple[int, int]:
    """The bars of entry and exit, by the time stamps of the trade."""
    starts, ends = BARS.start.astype(np.int64), BARS.end.astype(np.int64)
    entry = int(np.searchsorted(ends, trade.entry_time.timestamp()))
    leave = int(np.searchsorted(ends, trade.exit_time.timestamp()))
    assert starts[entry] <= trade.entry_time.timestamp() <= ends[entry]
    return entry, leave


@pytest.mark.parametrize("seed", range(40))
def test_equity_is_capital_plus_every_profit_and_loss(seed: int) -> None:
    spec, execution = random_case(seed)
    result = evaluate(compile_spec(spec), FRAME, ROWS, execution)
    simulation = result.simulation
    trades, still_open = simulation.trades(), simulation.open_positions()
    earned = sum(t.pnl for t in trades) + sum(p.pnl for p in still_open)
    assert simulation.equity[-1] == pytest.approx(execution.capital + earned, rel=1e-10)
    assert simulation.equity[-1] == pytest.approx(execution.capital * np.prod(1 + simulation.returns), rel=1e-9)
    assert result.metrics.trades == len(trades)


@pytest.mark.parametrize("seed", range(40))
def test_every_fill_is_within_its_bar_and_pays_both_sides(seed: int) -> None:
    spec, execution = random_case(seed)
    costs, cash = execution.costs, execution.capital
    for trade in evaluate(compile_spec(spec), FRAME, ROWS, execution).simulation.trades():
        entry, leave = rows_of(trade)
        side = 1 if trade.side == "long" else -1
        assert trade.entry_price == pytest.approx(BARS.open[entry] * (1 + side * costs.slippage), rel=1e-12)
        slipped = 1.0 if trade.exit_reason == "target" else 1 - side * costs.slippage
        assert BARS.low[leave] * (1 - 1e-9) <= trade.exit_price / slipped <= BARS.high[leave] * (1 + 1e-9)
        if trade.exit_reason in ("signal", "time"):
            assert trade.exit_price / slipped == pytest.approx(BARS.open[leave], rel=1e-12)
        if execution.whole_shares:
            assert trade.units == int(trade.units)
        fees = costs.commission_rate * trade.units * (trade.entry_price + trade.exit_price) + 2 * costs.commission_fixed
        gross = side * trade.units * (trade.exit_price - trade.entry_price)
        assert trade.pnl == pytest.approx(gross - fees, rel=1e-9, abs=1e-6)
        paid = trade.units * trade.entry_price * (1 + costs.commission_rate) + costs.commission_fixed
        assert paid <= cash * (1 + 1e-9)  # no borrowed money: cash never goes below zero
        cash += trade.pnl


@pytest.mark.parametrize("seed", range(40))
def test_metrics_agree_with_plain_arithmetic(seed: int) -> None:
    spec, execution = random_case(seed)
    result = evaluate(compile_spec(spec), FRAME, ROWS, execution)
    expected = plain_metrics(result.simulation, execution.capital)
    shown = result.metrics.model_dump()
    assert {name: shown[name] for name in expected} == pytest.approx(expected, rel=1e-9, abs=1e-12)


def plain_metrics(simulation: Simulation, capital: float) -> dict[str, float | None]:
    """From equity and trades as anybody would compute them; fractions, drawdown positive."""
    curve = np.concatenate([[capital], simulation.equity])
    returns = curve[1:] / curve[:-1] - 1
    trades = simulation.trades()
    won, lost = sum(max(t.pnl, 0) for t in trades), sum(max(-t.pnl, 0) for t in trades)
    results = [t.return_ for t in trades]
    closes = np.concatenate([[BARS.open[ROWS.start]], BARS.close[ROWS]])
    market = closes[1:] / closes[:-1] - 1
    spread = returns.std(ddof=1)
    downside = sqrt(np.mean(np.minimum(returns, 0) ** 2))
    years = float((BARS.session[ROWS.stop - 1] - BARS.session[ROWS.start]).astype(int)) / 365.25
    slope = np.cov(returns, market)[0, 1] / market.var(ddof=1)
    return {
        "final_equity": curve[-1],
        "total_return": curve[-1] / capital - 1,
        "cagr": (curve[-1] / capital) ** (1 / years) - 1,
        "volatility": spread * sqrt(252),
        "sharpe": returns.mean() / spread * sqrt(252) if spread > 0 else None,
        "sortino": returns.mean() / downside * sqrt(252) if downside > 0 else None,
        "max_drawdown": float(np.max(1 - curve / np.maximum.accumulate(curve))),
        "win_rate": sum(t.pnl > 0 for t in trades) / len(trades) if trades else None,
        "profit_factor": won / lost if lost else None,
        "average_trade": float(np.mean(results)) if trades else None,
        "best_trade": max(results, default=None),
        "worst_trade": min(results, default=None),
        "benchmark_return": closes[-1] / closes[0] - 1,
        "beta": slope,
        "alpha": (returns.mean() - slope * market.mean()) * 252,
    }


def test_three_trades_by_hand() -> None:
    """Buy below the 3-day RSI's 10, leave above 60: 5 bp slippage and 5 bp commission a side."""
    spec = StrategySpec(name="by hand", long_entry="rsi(close, 3) < 10", long_exit="rsi(close, 3) > 60")
    signals = compile_spec(spec).signals(FRAME)
    simulation = evaluate(compile_spec(spec), FRAME, ROWS, Execution(capital=10_000.0)).simulation
    cash, row = 10_000.0, ROWS.start - 1
    for trade in simulation.trades()[:3]:
        row += int(np.flatnonzero(signals.long_entry[row:])[0])
        bought = BARS.open[row + 1] * 1.0005
        units = cash / (bought * 1.0005)
        row += 1 + int(np.flatnonzero(signals.long_exit[row + 1 :])[0])
        sold = BARS.open[row + 1] * 0.9995
        assert (trade.entry_price, trade.exit_price) == pytest.approx((bought, sold), rel=1e-12)
        assert trade.units == pytest.approx(units, rel=1e-12)
        cash = units * sold * 0.9995
        row += 1
    assert simulation.equity[rows_of(simulation.trades()[2])[1] - ROWS.start] == pytest.approx(cash, rel=1e-12)


def test_stops_that_are_gapped_fill_at_the_open() -> None:
    """2000-09-29: AAPL opened 51 % lower; a stop of 10 % fills at that open less slippage, not at its level."""
    spec = StrategySpec(name="held", long_entry="close > 0", risk=Risk(stop_loss=0.1), sizing=Sizing(value=0.5))
    fall = int(np.searchsorted(BARS.session, np.datetime64("2000-09-29")))
    rows = slice(fall - 3, fall + 1)
    trade = evaluate(compile_spec(spec), FRAME, rows, Execution()).simulation.trades()[0]
    assert BARS.open[fall] < trade.entry_price * 0.6
    assert trade.exit_price == pytest.approx(BARS.open[fall] * 0.9995, rel=1e-12)


def test_annualisation_is_by_the_timeframe_and_undefined_is_none() -> None:
    idle = StrategySpec(name="idle", long_entry="close < 0")
    metrics: Metrics = evaluate(compile_spec(idle), FRAME, ROWS, Execution()).metrics
    undefined = {name for name, value in metrics.model_dump().items() if value is None}
    assert undefined >= {"sharpe", "sortino", "win_rate", "profit_factor", "average_trade", "best_trade", "calmar"}
    assert (metrics.trades, metrics.total_return, metrics.exposure, metrics.max_drawdown) == (0, 0.0, 0.0, 0.0)


def test_stressed_costs_stay_payable() -> None:
    """Costs of 30 % cannot double to 60 %: that is refused as an input, so it must not stop a verdict either."""
    assert 0.3 < Costs(commission_rate=0.3).times(2).commission_rate < 0.5
    assert Costs().times(2) == Costs(commission_rate=0.001, slippage=0.001)


def test_what_borrowing_costs_is_a_cost_too() -> None:
    """A short that pays for its stock looks as good at twice the costs as at once them, unless that is doubled."""
    execution = Execution(borrow_rate=0.3)
    short = compile_spec(StrategySpec(name="short", short_entry="close > 0"))
    once, twice, without = (
        evaluate(short, FRAME, slice(100, 250), execution.at_costs(factor)).metrics for factor in (1.0, 2.0, 0.0)
    )
    assert twice.total_return < once.total_return < without.total_return
    assert without.costs_paid == 0
    assert execution.at_costs(1.0) == execution
    assert execution.at_costs(2.0).borrow_rate == 0.6
    assert 0.9 < execution.at_costs(5.0).borrow_rate < 1


def test_a_lost_account_is_called_lost() -> None:
    """Short from 10 on, squeezed to 40: a stop of 5 % fills at the open of 40, and three times the capital is gone."""
    bars = flat_bars([10.0, 10.0, 40.0, 41.0, 42.0])
    spec = StrategySpec(name="short", short_entry="close > 0", risk=Risk(stop_loss=0.05))
    lost = evaluate(compile_spec(spec), Frame(bars, {}), slice(0, 5), Execution()).simulation
    assert lost.equity[2] < -1.9 * lost.capital
    assert (lost.equity[2:] == lost.equity[2]).all()
    assert ruin_notices(lost.equity, lost.session) == (
        "The account was lost on 2020-01-03 and more than it had; nothing was traded after it.",
    )
    assert ruin_notices(lost.equity[:2], lost.session[:2]) == ()
