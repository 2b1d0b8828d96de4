"""Finds rows that a damaged SQLite file loses in silence: a table and its index that no longer agree."""

from sqlalchemy import Connection, Table, func, select, text

from backend.stores.codecs.rows import damaged


def refuse_lost_rows(connection: Connection, table: Table, owner: str) -> None:
    """Count the rows of an owner by the index and by the table itself.

    A server checks its pages, and a damaged page of a SQLite file mostly fails to be read; but a few bytes of an index
    that changed only hide the rows behind them.

    Raises:
        Unavailable: the counts differ.
    """
    by_index = connection.scalar(select(func.count()).select_from(table).where(table.c.owner == owner))
    whole = text(f"select count(*) from {table.name} not indexed where owner = :owner")  # noqa: S608 - a name of ours
    by_table = connection.scalar(whole, {"owner": owner})
    if by_index != by_table:
        raise damaged(f"list of {table.name}", f"its index names {by_index} rows, the table holds {by_table}")
