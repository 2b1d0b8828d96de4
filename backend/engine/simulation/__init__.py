"""Simulation of one symbol: signals and bars in; equity, trades and the position left open out.

Where the rules leave a choice, the one taken is the less flattering for the strategy:

- A position that is open at the end is marked at the last close less slippage and commission. The final equity, the
  last return, ``costs_paid`` and the listed open position all carry that exit cost, so the profit and loss of every
  trade and of the open position add up to final equity - capital. ``traded_value`` counts real fills only.
- An entry for the side that is held is ignored, also when the position leaves by time at that very open: it returns
  one bar later at the earliest. A stop, target or trailing exit is followed by the orders of that bar's close.
- An entry with its own exit, or with the other side's entry, is void: it opens nothing, reverses nothing and leaves a
  position that is held alone. An exit that is decided ends the position whatever else is decided with it.
- ``max_holding_bars`` = n leaves at the open after n closes. With an exit signal at the same open, the reason is the
  signal. A market exit at the open comes before a stop or target that the same open has passed.
- Of a fixed and a trailing stop the nearer one counts; when they are equal the reason is ``stop``.
- ``risk_per_trade`` loses exactly its share of equity when the stop fills at its level: the slippage of the stop and
  both commissions are part of the risk. It never spends more than all cash.
- A volatility target needs the 20 bars before the entry; without them there is no trade.
- Equity <= 0 is noticed at a close and liquidates there, slippage and commission included. What is owed stays owed.
- Commission and slippage are both costs. A position's money put in is its value at entry plus the entry commission.
- A fixed commission is owed in full, also by a sale that brings less: only that and a short can end below zero.
- Whole shares are rounded down at the prices of the bars. What cannot buy anything trades nothing.
"""

from backend.engine.simulation.result import Simulation
from backend.engine.simulation.rules import Rules
from backend.engine.simulation.simulate import ENGINE_VERSION, simulate

__all__ = ["ENGINE_VERSION", "Rules", "Simulation", "simulate"]
