"""The user's own strategies, by id and by name."""

from backend.domain.strategies import SavedStrategy
from backend.stores.codecs.strategies import strategy_of, strategy_row
from backend.stores.supabase.client import Callers
from backend.stores.supabase.rows import row_text


class SupabaseStrategyStore:
    """The StrategyStore port over a Supabase project."""

    def __init__(self, callers: Callers) -> None:
        self._call = callers.own.call

    def add_strategy(self, owner: str, strategy: SavedStrategy) -> None:
        """Store a new strategy.

        Raises:
            Conflict: the owner has one of that name, or there is one of that id.
        """
        self._call("add_strategy", row=row_text(strategy_row(owner, strategy)))

    def list_strategies(
        self, owner: str, limit: int | None = None, after: str | None = None
    ) -> tuple[SavedStrategy, ...]:
        """Newest first, from the one behind ``after`` on. Raises InvalidInput when the owner has none of that id."""
        rows = self._call("list_strategies", owner=owner, limit=limit, after=after)
        return tuple(strategy_of(row["document"], row["strategy_id"]) for row in rows)

    def delete_strategy(self, owner: str, strategy_id: str) -> None:
        """Raises NotFound, naming ids that resemble it."""
        self._call("delete_strategy", owner=owner, strategy_id=strategy_id)
