"""A strategy that is kept by name, with no verdict: one of the user's own, or one that ships with the product."""

from datetime import datetime
from typing import Literal

from backend.domain.record import Record
from backend.domain.spec import StrategySpec


class SavedStrategy(Record):
    """A strategy in the user's list.

    Attributes:
        strategy_id: ``str_...`` for the user's own, ``starter_...`` for those that ship with the product.
        created_at: None for those that ship with the product.
    """

    strategy_id: str
    name: str
    kind: Literal["own", "starter"]
    spec: StrategySpec
    spec_hash: str
    created_at: datetime | None = None
