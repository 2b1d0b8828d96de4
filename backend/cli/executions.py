"""Options about capital, costs and rates, the same for every command that trades."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from backend.domain.execution import Execution

MaxPositions = Annotated[
    int | None, typer.Option("--max-positions", metavar="N", help="Held at the same time; all symbols unless stated.")
]
Profile = Annotated[
    str | None, typer.Option(metavar="NAME", help="Rules of filling: default, backtesting or vectorbt.")
]


OPTIONS = {
    "capital": "--capital",
    "profile": "--profile",
    "whole_shares": "--whole-shares",
    "borrow_rate": "--borrow-rate",
    "interest_rate": "--interest-rate",
    "max_positions": "--max-positions",
    "costs.commission_rate": "--commission",
    "costs.commission_fixed": "--commission-fixed",
    "costs.slippage": "--slippage",
}
"""The option behind each field; a dot leads into the costs."""


@dataclass(frozen=True)
class Terms:
    """Capital, costs and rates as they are stated; None is not stated."""

    capital: Annotated[float | None, typer.Option(metavar="X", help="Money at the start; 100000 unless stated.")] = None
    commission: Annotated[
        float | None, typer.Option(metavar="RATE", help="Fraction of the traded value, per side; 0.001 is 0.1 %.")
    ] = None
    commission_fixed: Annotated[
        float | None, typer.Option("--commission-fixed", metavar="X", help="Money an order, beside the rate.")
    ] = None
    slippage: Annotated[float | None, typer.Option(metavar="RATE", help="Fraction of the price, per side.")] = None
    whole_shares: Annotated[
        bool | None, typer.Option("--whole-shares", help="Trade whole shares at the raw, unadjusted price only.")
    ] = None
    borrow_rate: Annotated[
        float | None, typer.Option("--borrow-rate", metavar="RATE", help="Yearly, on what is held short; 0.03 is 3 %.")
    ] = None
    interest_rate: Annotated[
        float | None, typer.Option("--interest-rate", metavar="RATE", help="Yearly, on what is not invested.")
    ] = None

    def execution(self, command: str, **more: Any) -> "Execution":
        """What a backtest is run with; ``more`` holds further fields, and what is None has its default.

        Raises:
            InvalidInput: naming the option that does not fit.
        """
        from backend.cli.validation import checked
        from backend.domain.execution import Costs, Execution

        stated = asdict(self) | more
        stated["commission_rate"] = stated.pop("commission")
        kept = {name: value for name, value in stated.items() if value is not None}
        costs = {name: kept.pop(name) for name in Costs.model_fields if name in kept}
        return checked(Execution, kept | {"costs": costs}, "The options", f"see `backproof {command} --help`", OPTIONS)
