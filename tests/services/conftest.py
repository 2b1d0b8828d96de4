"""Desks at which services are tested over a real SQLite file."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backend.stores import Database, open_database
from tests.services.datasets.desk import Desk, add_sessions, stores_over


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A SQLite file; a writer that finds it locked waits for a moment only."""
    with closing(open_database(f"sqlite:///{tmp_path / 'backproof.sqlite'}", 0.05)) as opened:
        yield opened


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A dataset manager that has nothing in memory, over a database with a few sessions."""
    return _desk(database, tmp_path)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Desk]:
    """A desk over another database."""
    folder = tmp_path / "elsewhere"
    with closing(open_database(f"sqlite:///{folder / 'backproof.sqlite'}", 0.05)) as opened:
        yield _desk(opened, folder)


def _desk(database: Database, folder: Path) -> Desk:
    stores = stores_over(database)
    add_sessions(stores)
    return Desk(stores, folder)
