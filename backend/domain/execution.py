"""What a backtest is run with besides the strategy: capital, costs and rules of filling."""

from math import nextafter
from typing import Literal

from pydantic import Field

from backend.domain.record import Record

LARGEST_RATE = nextafter(0.5, 0.0)
"""Costs per side that leave something of what is traded."""

Profile = Literal["default", "backtesting", "vectorbt"]


class Costs(Record):
    """Paid per side; rates are fractions of the traded value, ``commission_fixed`` is money per order."""

    commission_rate: float = Field(default=0.0005, ge=0, lt=0.5)
    commission_fixed: float = Field(default=0.0, ge=0)
    slippage: float = Field(default=0.0005, ge=0, lt=0.5)

    def times(self, factor: float) -> "Costs":
        """The same costs, ``factor`` times as high; a rate stays below half of the traded value."""
        return Costs(
            commission_rate=min(self.commission_rate * factor, LARGEST_RATE),
            commission_fixed=self.commission_fixed * factor,
            slippage=min(self.slippage * factor, LARGEST_RATE),
        )


class Execution(Record):
    """Capital in the currency of the prices, costs and fill rules."""

    capital: float = Field(default=100_000.0, gt=0)
    costs: Costs = Costs()
    whole_shares: bool = False
    profile: Profile = "default"
