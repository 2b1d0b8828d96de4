"""What keeps the user's own strategies."""

from typing import Protocol

from backend.domain.strategies import SavedStrategy


class StrategyStore(Protocol):
    """Strategies of an owner, by id and by name."""

    def add_strategy(self, owner: str, strategy: SavedStrategy) -> None:
        """Raises Conflict when the owner has one of that name."""

    def list_strategies(
        self, owner: str, limit: int | None = None, after: str | None = None
    ) -> tuple[SavedStrategy, ...]:
        """Newest first, from the one behind ``after`` on. Raises InvalidInput when the owner has none of that id."""

    def delete_strategy(self, owner: str, strategy_id: str) -> None:
        """Raises NotFound, naming ids that resemble it."""
