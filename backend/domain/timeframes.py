"""Timeframes: how long one bar is."""

from enum import StrEnum


class Timeframe(StrEnum):
    """The length of a bar; ``1d`` is one trading session of the exchange."""

    MINUTE = "1m"
    FIVE_MINUTES = "5m"
    QUARTER_HOUR = "15m"
    HOUR = "1h"
    DAY = "1d"

    @property
    def minutes(self) -> int | None:
        """Length in minutes; None for a whole session."""
        return {"1m": 1, "5m": 5, "15m": 15, "1h": 60}.get(self.value)

    @property
    def finer(self) -> tuple["Timeframe", ...]:
        """The shorter ones of which bars of this length can be made, the longest first; each fits in without rest."""
        order = list(Timeframe)
        return tuple(reversed(order[: order.index(self)]))
