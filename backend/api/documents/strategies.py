"""Strategies over HTTP."""

from datetime import datetime
from typing import Literal

from backend.api.documents.body import Body
from backend.domain.record import Record
from backend.domain.spec import StrategySpec


class StrategyBody(StrategySpec, Body):
    """A strategy as data: named expressions, parameters with bounds, sizing and risk; see the language."""

    @property
    def spec(self) -> StrategySpec:
        """The strategy itself."""
        return StrategySpec.model_validate(self.model_dump())


class StrategyFindings(Record):
    """What the expressions of a strategy come to.

    Attributes:
        canonical: its lines in the one form that its hash is made of.
        warmup: bars before the first that it can decide at.
        channels: of sentiment that it reads.
        notices: what in it has no effect.
    """

    canonical: tuple[str, ...]
    spec_hash: str
    warmup: int
    channels: tuple[str, ...]
    notices: tuple[str, ...]


class StrategyValidated(StrategyFindings):
    """A strategy that can be used.

    Attributes:
        valid: always true: one that cannot be used is refused, and the problem says why.
        spec: with every default written out.
    """

    valid: Literal[True]
    spec: StrategySpec


class StrategyDocument(StrategyFindings):
    """A strategy that is kept by name.

    Attributes:
        kind: the user's own, or a starter that ships with Backproof.
        created_at: null for starters.
    """

    strategy_id: str
    name: str
    kind: Literal["own", "starter"]
    spec: StrategySpec
    created_at: datetime | None


class StrategyLine(Record):
    """A strategy in a list."""

    strategy_id: str
    name: str
    kind: Literal["own", "starter"]
    spec_hash: str
    created_at: datetime | None
    rationale: str
    channels: tuple[str, ...]


class StrategyPage(Record):
    """The user's own strategies, newest first, then those that ship with Backproof.

    Attributes:
        next: cursor of the next page; null on the last.
    """

    strategies: tuple[StrategyLine, ...]
    next: str | None
