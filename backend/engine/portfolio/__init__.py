"""Simulation of several symbols with one account: books in; equity, trades and weights out.

Prices, costs, sizes, stops and rates are those of one symbol (``backend.engine.simulation``); with one symbol and one
slot equity and positions are the same to the last bit. What several symbols add:

- A moment is the end of a bar of at least one symbol. Within one, exits at the open come first, then entries in the
  stated order, then stops and targets on the ranges, then the close: fees for borrowing, liquidation, interest.
- Decisions belong to a symbol's own bars: what it decides at its own close fills at its own next open. A symbol
  without a bar at a moment does not trade and is worth its last close.
- Slots are ``max_positions`` or the number of symbols. An entry is worth the equity at the open, after the exits,
  divided by the slots and scaled by the sizing, and never more than what is free: equity less the gross value held. Of
  long positions that is the cash, which never falls below zero. Entries of one open share that equity, so their order
  decides only who finds a slot and free money. An entry that finds no slot lapses.
- The profile vectorbt looks at stops before the orders of the same open. Such a stop keeps its slot and its money
  through that open: it filled later within the bar.
- When the equity of all closes at zero or below, everything is left at its last close and nothing follows.
- A rotation chooses at closes number 0, every, 2 x every, ... counted from the last close before the period, or from
  the first close where there is none before. The ``top`` ranks are chosen, equal ones in the stated order; a symbol
  without a rank, without a bar at that very close, with ``long_exit``, or without ``long_entry`` where the strategy has
  one, is not. At the next open of each symbol those held and not chosen leave, and those chosen and not held enter by
  rank; the others keep their units. In between ``long_exit`` and the risk rules leave; only a later choice returns.
- A rotation has ``top`` slots, or ``max_positions`` where that is less: then the best of the chosen find one.
"""

from backend.engine.portfolio.affordability import refuse_unaffordable_portfolio
from backend.engine.portfolio.books import Book, RotationRules
from backend.engine.portfolio.result import PortfolioSimulation
from backend.engine.portfolio.simulate import simulate_portfolio

__all__ = [
    "Book",
    "PortfolioSimulation",
    "RotationRules",
    "refuse_unaffordable_portfolio",
    "simulate_portfolio",
]
