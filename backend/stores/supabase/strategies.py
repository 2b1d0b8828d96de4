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

    def load_strategy(self, owner: str, strategy_id: str) -> SavedStrategy:
        """Raises NotFound, naming ids that resemble it."""
        document = self._call("load_strategy", owner=owner, strategy_id=strategy_id)
        return strategy_of(document, strategy_id)

    def list_strategies(self, owner: str) -> tuple[SavedStrategy, ...]:
        """Newest first."""
        rows = self._call("list_strategies", owner=owner)
        return tuple(strategy_of(row["document"], row["strategy_id"]) for row in rows)
