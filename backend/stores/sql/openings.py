"""The ledger: openings are added once and never changed."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from backend.domain.ledger import Opening
from backend.stores.codecs.ledger import SAME_FINGERPRINT, opening_row, openings_of
from backend.stores.sql.database import Database
from backend.stores.sql.tables import holdout_openings
from backend.stores.sql.upserts import insert_missing


class SqlLedgerStore:
    """The LedgerStore port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_openings(self, owner: str) -> tuple[Opening, ...]:
        """In the order in which they were made."""
        look = holdout_openings.c
        group = [look[name] for name in SAME_FINGERPRINT]
        slim = [column for column in look if column is not look.fingerprint]
        mine = select(*slim).where(look.owner == owner).order_by(look.number)
        first = select(func.min(look.number)).where(look.owner == owner).group_by(*group)
        shown = select(*group, look.fingerprint).where(look.number.in_(first))
        with self._database.reading() as connection:
            rows = connection.execute(mine).mappings().all()
            blocks = connection.execute(shown).mappings().all()
        return tuple(openings_of(rows, blocks))


def ledger_lock(owner: str) -> str:
    """The lock of whoever adds to the openings of the owner, so that none is overlooked by who counts them."""
    return f"ledger {owner}"


def add_openings(connection: Connection, openings: Sequence[Opening]) -> None:
    """Add the openings that are not stored yet; one that is counts once and stays as it is."""
    insert_missing(connection, holdout_openings, [opening_row(opening) for opening in openings])


def count_openings(connection: Connection, owner: str) -> int:
    """How many openings the owner made."""
    query = select(func.count()).select_from(holdout_openings).where(holdout_openings.c.owner == owner)
    return connection.scalar(query) or 0
