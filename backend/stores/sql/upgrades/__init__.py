"""The numbered steps that bring a database to the present schema.

To change the schema: change ``sql/tables``, add the next ``NNNN_what_it_does.sql`` here for SQLite (statements end with
``;`` at the end of a line, which is used nowhere else) and the next ``YYYYMMDDhhmmss_what_it_does.sql`` in
``supabase/migrations`` for PostgreSQL and Supabase, and never touch a step that was released. Tests compare all three.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True)
class Step:
    """One numbered change of the schema, done in one transaction with every other pending one.

    Attributes:
        statements: SQL, run in this order.
        records_itself: whether the last statement notes the step in ``schema_migrations``.
    """

    number: int
    name: str
    statements: tuple[str, ...]
    records_itself: bool = False

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


def upgrade_steps() -> tuple[Step, ...]:
    """Every step of SQLite that this version knows, ascending by number."""
    return tuple(_step(file) for file in _scripts(files(__name__).iterdir()))


def server_steps() -> tuple[Step, ...]:
    """Every step of PostgreSQL that this version knows, ascending by number; each is a script that records itself."""
    folder = files(__name__) / "postgresql"  # where an installed package has them
    if not folder.is_dir():
        folder = CHECKOUT / "supabase" / "migrations"
    return tuple(_script(file) for file in _scripts(folder.iterdir()))


def _scripts(entries: Iterable[Traversable]) -> list[Traversable]:
    return sorted((entry for entry in entries if entry.name.endswith(".sql")), key=lambda entry: entry.name)


def _step(file: Traversable) -> Step:
    statements = (statement.strip() for statement in file.read_text().split(";\n"))
    return Step(*_titled(file), tuple(s for s in statements if s))


def _script(file: Traversable) -> Step:
    return Step(*_titled(file), (file.read_text(),), records_itself=True)


def _titled(file: Traversable) -> tuple[int, str]:
    number, _, name = file.name.removesuffix(".sql").partition("_")
    return int(number), name.replace("_", " ")
