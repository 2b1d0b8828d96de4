"""Options that limit what a session may spend."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from backend.domain.models import Budget

NAMES = {name: f"--budget-{name}" for name in ("usd", "tokens", "seconds", "backtests")}
"""What the fields of a budget are called here."""


@dataclass(frozen=True)
class Limits:
    """What was stated of a budget; the rest comes from the settings, or from the session that goes on."""

    budget_usd: Annotated[float | None, typer.Option(metavar="X", help="Dollars for the language model.")] = None
    budget_tokens: Annotated[int | None, typer.Option(metavar="N", help="Tokens of all its calls together.")] = None
    budget_seconds: Annotated[float | None, typer.Option(metavar="S", help="Seconds of work.")] = None
    budget_backtests: Annotated[int | None, typer.Option(metavar="N", help="Backtests, which are trials.")] = None

    @property
    def stated(self) -> bool:
        """Whether anything was stated."""
        return any(getattr(self, field.name) is not None for field in fields(self))

    def budget(self, command: str) -> "Budget":
        """The stated limits. Raises InvalidInput naming the option that cannot be one."""
        from backend.cli.validation import checked
        from backend.domain.models import Budget

        stated = {name: getattr(self, f"budget_{name}") for name in NAMES}
        return checked(Budget, stated, "The budget", f"see `backproof {command} --help`", NAMES)
