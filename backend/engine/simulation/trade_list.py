"""Positions as the records that people read."""

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
    columns = _columns(bars, first, closed) | {
        "exit_time": utc_moments(np.where(at_open, bars.start[exits], bars.end[exits])),
        "exit_price": closed["exit_price"].tolist(),
        "return": (closed["pnl"] / closed["paid_in"]).tolist(),
        "exit_reason": [EXIT_REASONS[reason] for reason in closed["reason"].tolist()],
    }
    return _trades().validate_python(_rows(columns))


def open_positions(bars: Bars, first: int, held: Positions) -> tuple[OpenPosition, ...]:
    """Positions still held, at the price that leaving at the last close would bring."""
    columns = _columns(bars, first, held) | {"marked_price": held["exit_price"].tolist()}
    return tuple(OpenPosition(**row) for row in _rows(columns))


def _columns(bars: Bars, first: int, positions: Positions) -> dict[str, list[Any]]:
    return {
        "symbol": [bars.symbol] * len(positions),
        "side": ["long" if side > 0 else "short" for side in positions["side"].tolist()],
        "entry_time": utc_moments(bars.start[first + positions["entry_bar"]]),
        "entry_price": positions["entry_price"].tolist(),
        "units": positions["units"].tolist(),
        "pnl": positions["pnl"].tolist(),
        "bars_held": (positions["exit_bar"] - positions["entry_bar"]).tolist(),
    }


def _rows(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


@cache
def _trades() -> TypeAdapter[tuple[Trade, ...]]:
    return TypeAdapter(tuple[Trade, ...])
