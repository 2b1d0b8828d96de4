"""Positions as the records that people read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from backend.domain.arrays import Bools, Instants, Integers
from backend.domain.moments import utc_moments
from backend.domain.results import EXIT_REASONS, OpenPosition, Trade
from backend.engine.simulation.records import SIGNAL, TIME, Positions

_TIMES = ("entry_time", "exit_time")


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


def closed_columns(closed: Positions, stamps: Stamps) -> dict[str, Any]:
    """Closed positions by the names of ``Trade``, of each column one value a trade; times as ``datetime64[s]``."""
    return _entry_columns(closed, stamps) | {
        "exit_time": stamps.left,
        "exit_price": closed["exit_price"].tolist(),
        "return": (closed["pnl"] / closed["paid_in"]).tolist(),
        "exit_reason": [EXIT_REASONS[reason] for reason in closed["reason"].tolist()],
    }


def closed_trades(closed: Positions, stamps: Stamps) -> tuple[Trade, ...]:
    """Closed positions as trades, in their order."""
    return _trades().validate_python(list(_records(closed_columns(closed, stamps))))


def open_positions(held: Positions, stamps: Stamps) -> tuple[OpenPosition, ...]:
    """Positions still held, at the price that leaving at the last close would bring."""
    columns = _entry_columns(held, stamps) | {"marked_price": held["exit_price"].tolist()}
    return tuple(OpenPosition(**record) for record in _records(columns))


def _entry_columns(positions: Positions, stamps: Stamps) -> dict[str, Any]:
    """What trades and open positions have in common."""
    return {
        "symbol": stamps.symbols,
        "side": ["long" if side > 0 else "short" for side in positions["side"].tolist()],
        "entry_time": stamps.entered,
        "entry_price": positions["entry_price"].tolist(),
        "units": positions["units"].tolist(),
        "pnl": positions["pnl"].tolist(),
        "bars_held": stamps.bars_held.tolist(),
    }


def _records(columns: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One a position, with its times in UTC."""
    told = [utc_moments(values) if name in _TIMES else values for name, values in columns.items()]
    return (dict(zip(columns, values, strict=True)) for values in zip(*told, strict=True))


@cache
def _trades() -> TypeAdapter[tuple[Trade, ...]]:
    return TypeAdapter(tuple[Trade, ...])
