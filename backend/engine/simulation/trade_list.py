"""Positions as the records that people read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from backend.domain.arrays import Bools, Instants, Integers
from backend.domain.moments import utc_moments
from backend.domain.results import EXIT_REASONS, OpenPosition, Trade
from backend.engine.simulation.records import SIGNAL, TIME, Positions


@dataclass(frozen=True, eq=False)
class Stamps:
    """Symbol and times of P positions.

    Attributes:
        symbols: ticker of each.
        entered: start of the bar of entry in UTC, shape (P,).
        left: start of the bar of an exit at its open, end of the bar of any other, which fills somewhere within;
            shape (P,), without a meaning for what is still held.
        bars_held: closes at which each was held, shape (P,).
    """

    symbols: Sequence[str]
    entered: Instants
    left: Instants
    bars_held: Integers


def at_open(positions: Positions) -> Bools:
    """Which positions were left by a market order at an open."""
    return np.isin(positions["reason"], (SIGNAL, TIME))


def closed_trades(closed: Positions, stamps: Stamps) -> tuple[Trade, ...]:
    """Closed positions as trades, in their order."""
    columns = zip(
        _entries(closed, stamps),
        utc_moments(stamps.left),
        closed["exit_price"].tolist(),
        (closed["pnl"] / closed["paid_in"]).tolist(),
        closed["reason"].tolist(),
        strict=True,
    )
    return _trades().validate_python(
        [
            entry | {"exit_time": moment, "exit_price": price, "return": earned, "exit_reason": EXIT_REASONS[reason]}
            for entry, moment, price, earned, reason in columns
        ]
    )


def open_positions(held: Positions, stamps: Stamps) -> tuple[OpenPosition, ...]:
    """Positions still held, at the price that leaving at the last close would bring."""
    entries = zip(_entries(held, stamps), held["exit_price"].tolist(), strict=True)
    return tuple(OpenPosition(**entry, marked_price=price) for entry, price in entries)


def _entries(positions: Positions, stamps: Stamps) -> Iterator[dict[str, Any]]:
    """What trades and open positions have in common, by field."""
    moments, held = utc_moments(stamps.entered), stamps.bars_held.tolist()
    columns = [positions[name].tolist() for name in ("side", "entry_price", "units", "pnl")]
    for symbol, moment, bars_held, side, price, units, pnl in zip(stamps.symbols, moments, held, *columns, strict=True):
        yield {
            "symbol": symbol,
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
