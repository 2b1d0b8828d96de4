"""Positions as the records that people read."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from backend.domain.bars import Bars
from backend.domain.moments import utc_moments
from backend.domain.results import EXIT_REASONS, OpenPosition, Trade
from backend.engine.simulation.records import SIGNAL, TIME, Positions


def closed_trades(bars: Bars, first: int, closed: Positions) -> tuple[Trade, ...]:
    """Closed positions as trades; ``first`` is the bar of ``bars`` that their bars are counted from.

    Market orders are stamped with the start of their bar, other exits with its end: they filled somewhere within it.
    """
    exits = first + closed["exit_bar"]
    at_open = np.isin(closed["reason"], (SIGNAL, TIME))
    moments = utc_moments(np.where(at_open, bars.start[exits], bars.end[exits]))
    returns = (closed["pnl"] / closed["paid_in"]).tolist()
    columns = zip(
        _entries(bars, first, closed),
        moments,
        closed["exit_price"].tolist(),
        returns,
        closed["reason"].tolist(),
        strict=True,
    )
    return _trades().validate_python(
        [
            entry | {"exit_time": moment, "exit_price": price, "return": earned, "exit_reason": EXIT_REASONS[reason]}
            for entry, moment, price, earned, reason in columns
        ]
    )


def open_positions(bars: Bars, first: int, held: Positions) -> tuple[OpenPosition, ...]:
    """Positions still held, at the price that leaving at the last close would bring."""
    entries = zip(_entries(bars, first, held), held["exit_price"].tolist(), strict=True)
    return tuple(OpenPosition(**entry, marked_price=price) for entry, price in entries)


def _entries(bars: Bars, first: int, positions: Positions) -> Iterator[dict[str, Any]]:
    """What trades and open positions have in common, by field."""
    moments = utc_moments(bars.start[first + positions["entry_bar"]])
    held = (positions["exit_bar"] - positions["entry_bar"]).tolist()
    columns = [positions[name].tolist() for name in ("side", "entry_price", "units", "pnl")]
    for moment, bars_held, side, price, units, pnl in zip(moments, held, *columns, strict=True):
        yield {
            "symbol": bars.symbol,
            "side": "long" if side > 0 else "short",
            "entry_time": moment,
            "entry_price": price,
            "units": units,
            "pnl": pnl,
            "bars_held": bars_held,
        }


@cache
def _trades() -> TypeAdapter[tuple[Trade, ...]]:
    return TypeAdapter(tuple[Trade, ...])
