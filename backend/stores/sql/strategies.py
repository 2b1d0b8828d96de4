"""The user's own strategies, by id and by name."""

from sqlalchemy import Connection, insert, select

from backend.domain.errors import Conflict
from backend.domain.strategies import SavedStrategy
from backend.stores.codecs.strategies import strategy_of, strategy_row
from backend.stores.sql.database import Database
from backend.stores.sql.lookups import STRATEGY, load_row
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

    def load_strategy(self, owner: str, strategy_id: str) -> SavedStrategy:
        """Raises NotFound, naming ids that resemble it."""
        with self._database.reading() as connection:
            return strategy_of(load_row(connection, STRATEGY, owner, strategy_id)["document"], strategy_id)

    def list_strategies(self, owner: str) -> tuple[SavedStrategy, ...]:
        """Newest first."""
        kept = select(strategies.c.strategy_id, strategies.c.document).where(strategies.c.owner == owner)
        newest = kept.order_by(strategies.c.created_at.desc(), strategies.c.number.desc())
        with self._database.asking() as connection:
            rows = connection.execute(newest).all()
        return tuple(strategy_of(row.document, row.strategy_id) for row in rows)


def _refuse_doubles(connection: Connection, owner: str, strategy: SavedStrategy) -> None:
    named = select(strategies.c.strategy_id).where(strategies.c.owner == owner, strategies.c.name == strategy.name)
    holder = connection.scalar(named)
    if holder is not None:
        raise Conflict(
            f'There is a strategy named "{strategy.name}" already ({holder}).', "give the new one another name"
        )
    if connection.scalar(select(strategies.c.number).where(strategies.c.strategy_id == strategy.strategy_id)):
        raise Conflict(f'There is a strategy "{strategy.strategy_id}" already.', "give the new one an id of its own")
