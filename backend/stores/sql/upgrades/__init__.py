"""The numbered steps that bring a SQLite file to the present schema.

To change the schema: change ``sql/tables``, add the next ``NNNN_what_it_does.sql`` here (statements end with ``;`` at
the end of a line, which is used nowhere else) and never touch a step that was released. A test compares the two.
"""

from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class Step:
    """One numbered change of the schema.

    Attributes:
        statements: SQL, run in this order in one transaction with every other pending step.
    """

    number: int
    name: str
    statements: tuple[str, ...]


def upgrade_steps() -> tuple[Step, ...]:
    """Every step this version knows, ascending by number."""
    scripts = (entry for entry in files(__name__).iterdir() if entry.name.endswith(".sql"))
    return tuple(_step(script.name, script.read_text()) for script in sorted(scripts, key=lambda entry: entry.name))


def _step(file_name: str, script: str) -> Step:
    number, _, name = file_name.removesuffix(".sql").partition("_")
    statements = (statement.strip() for statement in script.split(";\n"))
    return Step(int(number), name.replace("_", " "), tuple(s for s in statements if s))
