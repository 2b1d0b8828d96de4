"""The stores that the contract suite runs on; another implementation is one more parameter of ``stores``."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from backend.stores import Database, Stores, open_database
from backend.stores.sql.database import BUSY_TIMEOUT
from tests.stores.samples import OWNER, STRANGER, make_session

Opened = Callable[..., Database]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backproof.sqlite"


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens the database of a file, and closes it when the test ends."""
    with ExitStack() as stack:

        def open_file(file: Path, busy_timeout: float = BUSY_TIMEOUT) -> Database:
            database = open_database(f"sqlite:///{file}", busy_timeout)
            stack.callback(database.close)
            return database

        yield open_file


@pytest.fixture
def database(opened: Opened, file: Path) -> Database:
    return opened(file)


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
