"""Run a strategy's decisions over a stretch of bars."""

from backend.domain.bars import Bars
from backend.domain.execution import Execution
from backend.domain.signals import Signals
from backend.engine.simulation.inputs import decisions_of, prices_of, stretch
from backend.engine.simulation.result import Simulation
from backend.engine.simulation.rules import Rules, terms_of

ENGINE_VERSION = "2"
"""Changes whenever the same input may give other numbers."""


def simulate(bars: Bars, signals: Signals, rules: Rules, execution: Execution, rows: slice) -> Simulation:
    """Trade ``signals`` from flat over ``rows`` of ``bars``.

    A decision at the close of a bar fills at the open of the next one, so the decision at the bar before
    ``rows.start`` may fill at the first open, and the one at the last bar of ``rows`` never trades.

    Args:
        bars: all bars, T of them; those before ``rows`` are warm-up.
        signals: decisions at the close of every bar, shape (T,) each.
        rules: the strategy's sizing and risk.
        execution: capital, costs, rates, whole shares and the profile of fills.
        rows: the simulated stretch, N >= 1 bars.

    Raises:
        InvalidInput: ``rows`` is not a stretch of the bars, or the signals do not match the bars.
    """
    from backend.engine.simulation.kernel import run

    first, stop = stretch(bars, rows)
    terms = terms_of(rules, execution, bars.timeframe)
    outcome = run(prices_of(bars), decisions_of(signals, bars), bars.adjustment, terms, first, stop - first)
    equity, positions, trade_count, unfilled, bars_held, interest_earned, borrow_paid = outcome
    equity.flags.writeable = positions.flags.writeable = False
    return Simulation(
        bars=bars,
        rows=slice(first, stop),
        capital=execution.capital,
        equity=equity,
        positions=positions,
        trade_count=trade_count,
        unfilled=unfilled,
        bars_held=bars_held,
        interest_earned=interest_earned,
        borrow_paid=borrow_paid,
    )
