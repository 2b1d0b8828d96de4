"""Refusal of a portfolio that no share is cheap enough for."""

from backend.domain.errors import InvalidInput
from backend.domain.execution import Execution
from backend.engine.portfolio.result import PortfolioSimulation


def refuse_unaffordable_portfolio(simulation: PortfolioSimulation, execution: Execution) -> None:
    """Refuse a run of whole shares that decided to trade and never could.

    Raises:
        InvalidInput: not one entry bought a share; it names the capital, the slots and the cheapest share.
    """
    if not execution.whole_shares or len(simulation.positions) or not simulation.unfilled:
        return
    prices = {
        book.bars.symbol: float((book.bars.open[book.rows] / book.bars.adjustment[book.rows]).min())
        for book in simulation.books
    }
    symbol, slots = min(prices, key=lambda name: prices[name]), simulation.slots
    spread = "one position" if slots == 1 else f"{slots} positions"
    raise InvalidInput(
        f"The capital of {execution.capital:g}, spread over {spread}, bought no whole share of any symbol; the "
        f"cheapest, {symbol}, cost {prices[symbol]:.2f} or more at the open.",
        "use more capital, fewer positions, a larger share for each, or fractional shares",
    )
