"""The stores that the contract suite runs on; another implementation is one more parameter of ``stores``."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.stores import Database, Stores, open_database
from tests.stores.samples import OWNER, STRANGER, make_session


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backproof.sqlite"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{file}")
    yield database
    database.close()


@pytest.fixture(params=["sqlite"])
def stores(request: pytest.FixtureRequest) -> Stores:
    databases = {"sqlite": "database"}
    return Stores.over(request.getfixturevalue(databases[request.param]))


@pytest.fixture
def with_sessions(stores: Stores) -> Stores:
    """Stores in which two owners have a session each: ``ses_1`` and ``ses_bob``."""
    stores.sessions.add_session(make_session("ses_1", OWNER))
    stores.sessions.add_session(make_session("ses_bob", STRANGER))
    return stores
