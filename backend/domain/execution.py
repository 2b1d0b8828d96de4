"""What a backtest is run with besides the strategy: capital, costs and rules of filling."""

from typing import Literal

from pydantic import Field

from backend.domain.record import Record

Profile = Literal["default", "backtesting", "vectorbt"]


class Costs(Record):
    """Paid per side; rates are fractions of the traded value, ``commission_fixed`` is money per order."""

    commission_rate: float = Field(default=0.0005, ge=0, lt=0.5)
    commission_fixed: float = Field(default=0.0, ge=0)
    slippage: float = Field(default=0.0005, ge=0, lt=0.5)

    def times(self, factor: float) -> "Costs":
        """The same costs, ``factor`` times as high."""
        return Costs(**{name: value * factor for name, value in self.model_dump().items()})


class Execution(Record):
    """Capital in the currency of the prices, costs and fill rules."""

    capital: float = Field(default=100_000.0, gt=0)
    costs: Costs = Costs()
    whole_shares: bool = False
    profile: Profile = "default"
