"""Refuses a run whose money never bought a single share."""

import numpy as np

from backend.domain.errors import InvalidInput
from backend.domain.execution import Execution
from backend.engine.simulation.result import Simulation


def refuse_unaffordable(simulation: Simulation, execution: Execution) -> None:
    """Refuse a run of whole shares that decided to trade and never could.

    Raises:
        InvalidInput: not one entry bought a share; it names the capital and the lowest price of a share.
    """
    if not execution.whole_shares or len(simulation.positions) or not simulation.unfilled:
        return
    bars, rows = simulation.bars, simulation.rows
    price = float(np.min(bars.open[rows] / bars.adjustment[rows]))
    raise InvalidInput(
        f"The capital of {execution.capital:g} bought no whole share of {bars.symbol}, "
        f"which cost {price:.2f} or more at the open; entries were decided {simulation.unfilled} times.",
        "use more capital, a larger share of it for each position, or fractional shares",
    )
