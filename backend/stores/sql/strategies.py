"""The user's own strategies, by id and by name."""

from sqlalchemy import Connection, delete, insert, select

from backend.domain.errors import Conflict
from backend.domain.strategies import SavedStrategy
from backend.stores.codecs.strategies import strategy_of, strategy_row
from backend.stores.sql.database import Database
from backend.stores.sql.lookups import STRATEGY, not_found
from backend.stores.sql.paging import page
from backend.stores.sql.tables import strategies


class SqlStrategyStore:
    """The StrategyStore port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_strategy(self, owner: str, strategy: SavedStrategy) -> None:
        """Store a new strategy.

        Raises:
            Conflict: the owner has one of that name, or there is one of that id.
        """
        with self._database.writing(f"strategies {owner}") as connection:
            _refuse_doubles(connection, owner, strategy)
            connection.execute(insert(strategies), strategy_row(owner, strategy))

    def list_strategies(
        self, owner: str, limit: int | None = None, after: str | None = None
    ) -> tuple[SavedStrategy, ...]:
        """Newest first, from the one behind ``after`` on. Raises InvalidInput when the owner has none of that id."""
        kept = select(strategies.c.strategy_id, strategies.c.document)
        with self._database.asking() as connection:
            rows = connection.execute(page(connection, kept, STRATEGY, owner, (limit, after))).all()
        return tuple(strategy_of(row.document, row.strategy_id) for row in rows)

    def delete_strategy(self, owner: str, strategy_id: str) -> None:
        """Raises NotFound, naming ids that resemble it."""
        own = strategies.c.owner == owner, strategies.c.strategy_id == strategy_id
        with self._database.writing(f"strategies {owner}") as connection:
            if connection.execute(delete(strategies).where(*own)).rowcount == 0:
                raise not_found(connection, STRATEGY, owner, strategy_id)


def _refuse_doubles(connection: Connection, owner: str, strategy: SavedStrategy) -> None:
    named = select(strategies.c.strategy_id).where(strategies.c.owner == owner, strategies.c.name == strategy.name)
    holder = connection.scalar(named)
    if holder is not None:
        raise Conflict(
            f'There is a strategy named "{strategy.name}" already ({holder}).', "give the new one another name"
        )
    if connection.scalar(select(strategies.c.number).where(strategies.c.strategy_id == strategy.strategy_id)):
        raise Conflict(f'There is a strategy "{strategy.strategy_id}" already.', "give the new one an id of its own")
