"""Repeats cases with backtesting.py: ``python -m benchmarks.peers.backtesting_trades FOLDER``."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from backtesting import Strategy
from backtesting.lib import FractionalBacktest

from benchmarks.peers.exchange import HELD, TRADE, Case, Outcome, answer_cases, columns

UNIT = 2.0**-30
"""Smallest tradable fraction: about 1e-9, and a power of two, so that scaling the prices by it rounds nothing."""


class Decided(Strategy):  # type: ignore[misc]
    """Trades decisions made beforehand, all-in, each order at the next open."""

    case: Any = None

    def init(self) -> None:
        """Nothing to prepare."""

    def next(self) -> None:
        bar, decided = len(self.data) - 1, self.case.decisions
        long, short = self.position.is_long, self.position.is_short
        enter_long, enter_short = decided["long_entry"][bar], decided["short_entry"][bar]
        leave = (long and (decided["long_exit"][bar] or enter_short)) or (
            short and (decided["short_exit"][bar] or enter_long)
        )
        if leave:
            self.position.close()
        if enter_long and not long:
            self.buy(**self._levels(1))
        elif enter_short and not short:
            self.sell(**self._levels(-1))

    def _levels(self, side: int) -> dict[str, float]:
        """Stop and target as prices, measured from the close of the decision."""
        close, case = float(self.data.Close[-1]), self.case
        levels = {}
        if case.stop is not None:
            levels["sl"] = close * (1 - side * case.stop)
        if case.target is not None:
            levels["tp"] = close * (1 + side * case.target)
        return levels


def outcome_of(case: Case) -> Outcome:
    """Trade the case and read the trades back in bars and prices."""
    frame = pd.DataFrame({name.capitalize(): values for name, values in case.prices.items()})
    frame["Volume"] = 1.0
    frame.index = pd.date_range("2000-01-01", periods=len(frame))
    strategy = type("Case", (Decided,), {"case": case})
    stats = FractionalBacktest(frame, strategy, cash=case.capital, commission=case.fee, fractional_unit=UNIT).run()
    closed = stats["_trades"].sort_values("EntryBar", kind="stable")
    size = closed["Size"].to_numpy()
    trades = columns(
        TRADE,
        np.sign(size).astype(int),
        closed["EntryBar"],
        closed["ExitBar"],
        closed["EntryPrice"],
        closed["ExitPrice"],
        np.abs(size),
        closed["PnL"],
    )
    held = [
        (int(np.sign(trade.size)), trade.entry_bar, trade.entry_price / UNIT, abs(trade.size) * UNIT)
        for trade in stats["_strategy"].trades
    ]
    return Outcome(
        float(stats["_equity_curve"]["Equity"].iloc[-1]), trades, columns(HELD, *np.array(held).reshape(-1, 4).T)
    )


if __name__ == "__main__":
    answer_cases(Path(sys.argv[1]), outcome_of)
