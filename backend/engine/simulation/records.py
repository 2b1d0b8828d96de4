"""The rows that pass between Python and the compiled pass: terms of trading in, positions out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend.domain.results import EXIT_REASONS

SIGNAL, STOP, TARGET, TRAILING, TIME, LIQUIDATION = range(len(EXIT_REASONS))
"""Codes of the field ``reason``: positions in ``EXIT_REASONS``."""
OPEN = -1
"""The reason of a position that is still held after the last bar."""
NOTHING = -2
"""The reason of an entry that did not fill."""

FRACTION, VOLATILITY_TARGET, RISK_PER_TRADE = range(3)
"""Codes of the field ``sizing``."""

DEFAULT, BACKTESTING, VECTORBT = range(3)
"""Codes of the field ``profile``."""

TermsRow = NDArray[Any]
"""One row of ``TERMS``."""
Positions = NDArray[Any]
"""Rows of ``POSITION`` in the order of entry; of one symbol only the last one can be open."""

TERMS = np.dtype(
    [
        ("capital", "f8"),
        ("commission_rate", "f8"),
        ("commission_fixed", "f8"),
        ("slippage", "f8"),
        ("stop_loss", "f8"),
        ("take_profit", "f8"),
        ("trailing_stop", "f8"),
        ("max_holding_bars", "i8"),
        ("sizing", "i8"),
        ("sizing_value", "f8"),
        ("periods_per_year", "f8"),
        ("whole_shares", "i8"),
        ("profile", "i8"),
        ("borrow_per_bar", "f8"),
        ("interest_per_bar", "f8"),
    ]
)
"""What a run is bound by; an absent stop or target is infinitely far away."""

POSITION = np.dtype(
    [
        ("symbol", "i8"),  # its place among the symbols of a portfolio; 0 of a single one
        ("side", "i8"),  # 1 long, -1 short
        ("entry_bar", "i8"),  # counted from the first simulated bar
        ("exit_bar", "i8"),  # held at the closes entry_bar .. exit_bar - 1
        ("reason", "i8"),
        ("units", "f8"),  # above zero on both sides
        ("entry_price", "f8"),
        ("exit_price", "f8"),  # of an open position: what leaving at the last close would bring
        ("paid_in", "f8"),  # value at entry plus the commission of the entry
        ("pnl", "f8"),  # after both commissions and the fee for borrowing
        ("costs", "f8"),  # commission and slippage of both sides, and what borrowing cost
    ]
)
