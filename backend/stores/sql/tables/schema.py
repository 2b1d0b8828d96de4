"""The one MetaData that all tables belong to, and the columns and keys that several of them share."""

from sqlalchemy import Column, ForeignKeyConstraint, MetaData, Text

from backend.stores.sql.column_types import RowNumber

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def number() -> Column[int]:
    """The order in which rows were stored."""
    return Column("number", RowNumber, primary_key=True, autoincrement=True)


def text(name: str, *, key: bool = False) -> Column[str]:
    """A text that is always there."""
    return Column(name, Text, primary_key=key, nullable=False)


def owned(column: str, target: str, *, cascade: bool = False) -> ForeignKeyConstraint:
    """A link to a row of the same owner: the database itself refuses a link to somebody else's row.

    Args:
        column: the column of this table, beside ``owner``.
        target: the linked table and column, e.g. ``sessions.session_id``.
        cascade: rows of this table go with the row they belong to; otherwise that row cannot be deleted.
    """
    table = target.partition(".")[0]
    return ForeignKeyConstraint(["owner", column], [f"{table}.owner", target], ondelete="CASCADE" if cascade else None)
