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
- Whole shares are whole at the raw price: units x adjusted / raw price of the entry bar is rounded down. What cannot
  buy anything trades nothing and is counted as unfilled, as is an entry after all was lost.
- At each close, first a short pays its value x borrow rate / periods per year, as a part of its costs and result. Then
  equity is looked at for liquidation. Then what is not invested earns the interest rate / periods per year: the cash
  of a long or flat account, the equity of a short one, for its proceeds earn nothing; debt earns nothing. A position
  that left within the bar is neither charged nor invested at its close.
- So the results of all positions and the interest earned add up to final equity - capital.

The profiles reproduce other backtesters trade for trade and differ in stop handling alone:

- ``backtesting`` (backtesting.py): stop and target are measured from the close that decided the entry, and a trailing
  stop starts there. Within a bar the stop is first, also where the open has passed the target. Entry bar included.
- ``vectorbt``: stops and targets count from the bar after the entry. There they come before the market orders of the
  same open, and one that fills drops all of these: exit, reversal and entry. The stop is first here, too.
- Sizing is the same in all: ``risk_per_trade`` measures its risk from the fill. ``max_holding_bars`` is a market order.
  Trailing stops, time exits, rates and whole shares work in all of them and are compared with no peer.
"""

from backend.engine.simulation.affordability import refuse_unaffordable
from backend.engine.simulation.result import Simulation
from backend.engine.simulation.rules import Rules
from backend.engine.simulation.simulate import ENGINE_VERSION, simulate

__all__ = ["ENGINE_VERSION", "Rules", "Simulation", "refuse_unaffordable", "simulate"]
