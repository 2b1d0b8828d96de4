"""Repeats cases with vectorbt: ``python -m benchmarks.peers.vectorbt_trades FOLDER``."""

import sys
from pathlib import Path

import numpy as np
import vectorbt as vbt

from benchmarks.peers.exchange import HELD, TRADE, Array, Case, Outcome, answer_cases, columns


def outcome_of(case: Case) -> Outcome:
    """Trade the case, its decisions one bar later at the open, and read the trades back."""
    bars = case.prices
    portfolio = vbt.Portfolio.from_signals(
        bars["close"],
        entries=_a_bar_later(case.decisions["long_entry"]),
        exits=_a_bar_later(case.decisions["long_exit"]),
        short_entries=_a_bar_later(case.decisions["short_entry"]),
        short_exits=_a_bar_later(case.decisions["short_exit"]),
        open=bars["open"],
        high=bars["high"],
        low=bars["low"],
        price=bars["open"],
        init_cash=case.capital,
        fees=case.fee,
        sl_stop=np.nan if case.stop is None else case.stop,
        tp_stop=np.nan if case.target is None else case.target,
        stop_entry_price="fillprice",
        upon_opposite_entry="reverse",
    )
    rows = np.sort(portfolio.trades.values, order=["entry_idx", "id"])
    closed, held = rows[rows["status"] == 1], rows[rows["status"] == 0]
    fields = ("entry_idx", "exit_idx", "entry_price", "exit_price", "size", "pnl")
    return Outcome(
        float(np.asarray(portfolio.value())[-1]),
        columns(TRADE, _sides(closed), *(closed[field] for field in fields)),
        columns(HELD, _sides(held), *(held[field] for field in ("entry_idx", "entry_price", "size"))),
    )


def _sides(rows: Array) -> Array:
    return np.where(rows["direction"] == 0, 1, -1)


def _a_bar_later(decided: Array) -> Array:
    later = np.zeros_like(decided)
    later[1:] = decided[:-1]
    return later


if __name__ == "__main__":
    answer_cases(Path(sys.argv[1]), outcome_of)
