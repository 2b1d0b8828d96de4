"""Options about capital and costs, the same for every command that trades."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from backend.domain.execution import Execution

Capital = Annotated[float | None, typer.Option(metavar="X", help="Money at the start; 100000 unless stated.")]
Commission = Annotated[
    float | None, typer.Option(metavar="RATE", help="Fraction of the traded value, per side; 0.001 is 0.1 %.")
]
Slippage = Annotated[float | None, typer.Option(metavar="RATE", help="Fraction of the price, per side.")]

OPTIONS = {
    "capital": "--capital",
    "profile": "--profile",
    "costs.commission_rate": "--commission",
    "costs.slippage": "--slippage",
}
"""The option behind each field."""


def stated_execution(
    command: str,
    *,
    capital: float | None,
    commission: float | None,
    slippage: float | None,
    profile: str | None = None,
) -> "Execution":
    """What a backtest is run with; what is not stated has its default.

    Raises:
        InvalidInput: naming the option that does not fit.
    """
    from backend.cli.validation import checked
    from backend.domain.execution import Execution

    costs = {"commission_rate": commission, "slippage": slippage}
    stated = {"capital": capital, "profile": profile}
    kept = {name: value for name, value in stated.items() if value is not None}
    kept_costs = {name: value for name, value in costs.items() if value is not None}
    values = {**kept, "costs": kept_costs}
    return checked(Execution, values, "The options", f"see `backproof {command} --help`", OPTIONS)
