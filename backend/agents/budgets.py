"""What a session has spent, held against its budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from backend.agents.models.spending import Spending, spending
from backend.domain.conversation import StopKind
from backend.domain.models import Budget, ModelCall
from backend.domain.sessions import Usage


@dataclass(frozen=True)
class Spent:
    """What a session has consumed, all turns together.

    Attributes:
        models: calls of language models.
        seconds: of active work.
        backtests: evaluated sets of numbers.
    """

    models: Spending
    seconds: float
    backtests: int

    @classmethod
    def of(cls, calls: Sequence[ModelCall], *, seconds: float, backtests: int) -> Self:
        """With the sums over the calls."""
        return cls(spending(calls), seconds, backtests)

    def reported(self, usage: Usage) -> Usage:
        """The usage of a session with these figures in it."""
        models = self.models
        return usage.model_copy(
            update={
                "calls": models.calls,
                "recorded_calls": models.recorded_calls,
                "tokens_in": models.tokens.input,
                "tokens_out": models.tokens.output,
                "tokens_cached": models.tokens.cached,
                "usd": models.usd,
                "backtests": self.backtests,
            }
        )

    def __str__(self) -> str:
        parts = [f"{self.backtests:,} backtests", f"{self.seconds:.1f} seconds of work"]
        if self.models.calls:
            parts += [f"{self.models.tokens.total:,} tokens", f"{self.models.usd:.4f} US dollars"]
        return ", ".join(parts)


PAID: frozenset[StopKind] = frozenset({"tokens", "usd"})
"""What calls of a model take from."""
WORKED: frozenset[StopKind] = frozenset({"seconds", "backtests"})
"""What every attempt takes from."""


@dataclass(frozen=True)
class Shortage:
    """A part of the budget that is used up, and a sentence that says so."""

    kind: StopKind
    sentence: str


def shortage(budget: Budget, spent: Spent, kinds: frozenset[StopKind]) -> Shortage | None:
    """The first of these parts of the budget that leaves nothing for another step; None while every one does."""
    over = [kind for kind, used in _used_shares(budget, spent).items() if kind in kinds and used >= 1]
    return Shortage(over[0], f"the budget of {_limit(budget, over[0])} is spent.") if over else None


def nearest(budget: Budget, spent: Spent) -> StopKind:
    """The part that the next call of a model would have exceeded: the one of which most is used."""
    shares = {kind: used for kind, used in _used_shares(budget, spent).items() if kind in PAID}
    return max(shares, key=lambda kind: shares[kind], default="tokens")


def _used_shares(budget: Budget, spent: Spent) -> dict[StopKind, float]:
    """Spent over allowed, of the parts that are limited."""
    used: dict[StopKind, tuple[float | None, float]] = {
        "backtests": (budget.backtests, spent.backtests),
        "seconds": (budget.seconds, spent.seconds),
        "tokens": (budget.tokens, spent.models.tokens.total),
        "usd": (budget.usd, spent.models.usd),
    }
    return {kind: there / limit for kind, (limit, there) in used.items() if limit is not None}


def _limit(budget: Budget, kind: StopKind) -> str:
    if kind == "usd":
        return f"{budget.usd:g} US dollars"
    limit = getattr(budget, kind)
    return f"{limit:,g} {kind.removesuffix('s') if limit == 1 else kind}"


def evaluations_left(budget: Budget, spent: Spent, usual: int) -> int:
    """Backtests that the next attempt may make: as many as usual, or what the budget leaves."""
    return usual if budget.backtests is None else max(0, min(usual, budget.backtests - spent.backtests))
