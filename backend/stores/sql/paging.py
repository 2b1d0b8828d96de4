"""One page of an owner's rows, newest first."""

from typing import Any

from sqlalchemy import Connection, Select, literal, select, tuple_, type_coerce
from sqlalchemy.types import NullType

from backend.domain.errors import InvalidInput
from backend.stores.sql.lookups import Noun


def page(
    connection: Connection, query: Select[Any], noun: Noun, owner: str, place: tuple[int | None, str | None]
) -> Select[Any]:
    """The query for the rows of one page.

    Args:
        connection: to look up where the page begins.
        query: the columns that are wanted, and what further restricts the rows.
        noun: whose rows it reads.
        owner: who has them.
        place: rows at most, None for all; and the id of the row behind which they begin, None for the newest.

    Raises:
        InvalidInput: the owner has no row of that id.
    """
    limit, after = place
    order = noun.table.c.created_at, noun.table.c.number
    own = query.where(noun.table.c.owner == owner).order_by(*(column.desc() for column in order)).limit(limit)
    if after is None:
        return own
    kept = (type_coerce(column, NullType()) for column in order)  # as it stands there, should it be damaged
    last = connection.execute(select(*kept).where(noun.table.c.owner == owner, noun.id == after)).one_or_none()
    if last is None:
        raise InvalidInput(f'There is no {noun.name} "{after}" to go on behind.', "begin the list anew")
    return own.where(tuple_(*order) < tuple_(*(literal(value, NullType()) for value in last)))
