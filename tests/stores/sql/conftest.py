"""What is special to a SQLite file is tested on a SQLite file alone."""

import pytest

from backend.stores import Database, Stores


@pytest.fixture
def stores(database: Database) -> Stores:
    return Stores.over(database)
