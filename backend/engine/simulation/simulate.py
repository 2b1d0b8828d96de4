"""Run a strategy's decisions over a stretch of bars."""

import numpy as np

from backend.domain.bars import Bars
from backend.domain.execution import Execution
from backend.domain.signals import Signals
from backend.engine.simulation.inputs import decisions_of, most_entries, prices_of, stretch
from backend.engine.simulation.records import POSITION
from backend.engine.simulation.result import Simulation
from backend.engine.simulation.rules import Rules, terms_of

ENGINE_VERSION = "1"
"""Changes whenever the same input may give other numbers."""


def simulate(bars: Bars, signals: Signals, rules: Rules, execution: Execution, rows: slice) -> Simulation:
    """Trade ``signals`` from flat over ``rows`` of ``bars``.

    A decision at the close of a bar fills at the open of the next one, so the decision at the bar before
    ``rows.start`` may fill at the first open, and the one at the last bar of ``rows`` never trades.

    Args:
        bars: all bars, T of them; those before ``rows`` are warm-up.
        signals: decisions at the close of every bar, shape (T,) each.
        rules: the strategy's sizing and risk.
        execution: capital, costs, whole shares and the profile of fills.
        rows: the simulated stretch, N >= 1 bars.

    Raises:
        InvalidInput: ``rows`` is not a stretch of the bars, the signals do not match the bars, or the execution
            profile cannot be simulated.
    """
    from backend.engine.simulation.kernel import run

    first, stop = stretch(bars, rows)
    prices, decisions = prices_of(bars), decisions_of(signals, bars)
    terms = terms_of(rules, execution, bars.timeframe)
    equity = np.empty(stop - first)
    positions = np.empty(most_entries(decisions, first, stop), dtype=POSITION)
    count = run(prices, decisions, terms, first, equity, positions)
    positions = positions[:count]
    equity.flags.writeable = positions.flags.writeable = False
    return Simulation(bars, slice(first, stop), execution.capital, equity, positions)
