"""Repeats long cases without stops with raptorbt: ``python -m benchmarks.peers.raptorbt_trades FOLDER``."""

import sys
from pathlib import Path

import numpy as np
import raptorbt

from benchmarks.peers.exchange import HELD, TRADE, Case, Outcome, answer_cases, columns

DAY = 86_400 * 10**9


def outcome_of(case: Case) -> Outcome | None:
    """Trade the case and read the trades back; None where it has stops or goes short."""
    if case.stop is not None or case.decisions["short_entry"].any():
        return None
    bars, decided = case.prices, case.decisions
    times, volume = DAY * np.arange(bars["close"].size), np.ones(bars["close"].size)
    terms = raptorbt.BacktestConfig(
        initial_capital=case.capital, fees=case.fee, slippage=0.0, fill_timing="next_bar_open"
    )
    result = raptorbt.run_single_backtest(
        times,
        *(bars[name] for name in ("open", "high", "low", "close")),
        volume,
        decided["long_entry"],
        decided["long_exit"],
        config=terms,
    )
    rows = result.trades()
    closed, held = [t for t in rows if t.exit_reason != LAST_BAR], [t for t in rows if t.exit_reason == LAST_BAR]
    paid = sum(t.exit_fees for t in held)
    fields = ("direction", "entry_idx", "exit_idx", "entry_price", "exit_price", "size", "pnl")
    return Outcome(
        float(result.equity_curve()[-1]) + paid,
        columns(TRADE, *([getattr(t, field) for t in closed] for field in fields)),
        columns(
            HELD, *([getattr(t, field) for t in held] for field in ("direction", "entry_idx", "entry_price", "size"))
        ),
    )


LAST_BAR = "EndOfData"
"""The reason of a trade that it closes, with a fee, at the last close."""

if __name__ == "__main__":
    answer_cases(Path(sys.argv[1]), outcome_of)
