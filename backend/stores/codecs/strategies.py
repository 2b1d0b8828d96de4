"""Rows of strategies that were kept by name."""

from typing import Any

from backend.domain.errors import InvalidInput
from backend.domain.strategies import SavedStrategy
from backend.stores.codecs.documents import record_of


def strategy_row(owner: str, strategy: SavedStrategy) -> dict[str, Any]:
    """The row of a strategy.

    Raises:
        InvalidInput: it is one that ships with the product.
    """
    if strategy.created_at is None or strategy.kind != "own":
        raise InvalidInput(
            f'The strategy "{strategy.name}" ships with Backproof and is not stored.', "store one of the user's own"
        )
    named = {name: getattr(strategy, name) for name in ("strategy_id", "name", "spec_hash", "created_at")}
    return named | {"owner": owner, "document": strategy}


def strategy_of(document: Any, strategy_id: str) -> SavedStrategy:
    """The strategy of a document. Raises Unavailable when it does not fit."""
    return record_of(SavedStrategy, document, f"strategy {strategy_id}")
