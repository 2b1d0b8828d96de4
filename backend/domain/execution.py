"""What a backtest is run with besides the strategy: capital, costs and rules of filling."""

from math import nextafter
from typing import Any, Literal

from pydantic import Field

from backend.domain.record import Record

LARGEST_RATE = nextafter(0.5, 0.0)
"""Costs per side that leave something of what is traded."""

LARGEST_BORROW_RATE = nextafter(1.0, 0.0)
"""A year of being short costs less than what is held short."""

LARGEST_FEE = 1e12
"""Money an order; far more than anybody asks, and small enough to reckon with."""

Profile = Literal["default", "backtesting", "vectorbt"]

ADDED_LATER = ("borrow_rate", "interest_rate", "max_positions")
"""Fields of ``Execution`` that hashes of earlier versions do not know."""


class Costs(Record):
    """Paid per side; rates are fractions of the traded value, ``commission_fixed`` is money per order."""

    commission_rate: float = Field(default=0.0005, ge=0, lt=0.5)
    commission_fixed: float = Field(default=0.0, ge=0, le=LARGEST_FEE)
    slippage: float = Field(default=0.0005, ge=0, lt=0.5)

    def times(self, factor: float) -> "Costs":
        """The same costs, ``factor`` times as high; a rate stays below half of the traded value."""
        return Costs(
            commission_rate=min(self.commission_rate * factor, LARGEST_RATE),
            commission_fixed=min(self.commission_fixed * factor, LARGEST_FEE),
            slippage=min(self.slippage * factor, LARGEST_RATE),
        )


class Execution(Record):
    """Capital in the currency of the prices, costs and fill rules.

    Attributes:
        whole_shares: units are whole numbers of shares at the raw, unadjusted price.
        borrow_rate: yearly, paid on the value of what is held short.
        interest_rate: yearly, earned on equity that is not invested.
        max_positions: positions held at the same time, each over an equal share of the equity; None allows one in
            every symbol.
    """

    capital: float = Field(default=100_000.0, gt=0, le=1e15)
    costs: Costs = Costs()
    whole_shares: bool = False
    profile: Profile = "default"
    borrow_rate: float = Field(default=0.0, ge=0, lt=1)
    interest_rate: float = Field(default=0.0, ge=0, lt=1)
    max_positions: int | None = Field(default=None, ge=1, le=1000)

    def at_costs(self, factor: float) -> "Execution":
        """The same with all that trading costs, borrowing included, ``factor`` times as high."""
        rate = min(self.borrow_rate * factor, LARGEST_BORROW_RATE)
        return self.model_copy(update={"costs": self.costs.times(factor), "borrow_rate": rate})

    def facts(self) -> dict[str, Any]:
        """All that decides about results, as JSON values for hashing; what was added later is left out at its default.

        A run that needs none of it keeps the hash that it always had.
        """
        kept = self.model_dump(mode="json")
        return {k: v for k, v in kept.items() if k not in ADDED_LATER or v != Execution.model_fields[k].default}
