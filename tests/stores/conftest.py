"""The stores that the contract suite runs on; another implementation is one more parameter of ``stores``."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from backend.stores import Database, Stores, open_database
from backend.stores.sql.database import BUSY_TIMEOUT
from tests.servers.supabase_lite import SupabaseLite
from tests.stores.samples import OWNER, STRANGER, make_session
from tests.stores.supabase.accounts import service_stores

Opened = Callable[..., Database]
StoresOf = Callable[[str], Stores]


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


@pytest.fixture
def server(postgres_url: str) -> Iterator[Database]:
    """A PostgreSQL database with the present schema."""
    with closing(open_database(postgres_url)) as database:
        yield database


@pytest.fixture
def sqlite_stores(database: Database) -> StoresOf:
    return lambda owner: Stores.over(database, owner)


@pytest.fixture
def postgresql_stores(server: Database) -> StoresOf:
    return lambda owner: Stores.over(server, owner)


@pytest.fixture
def supabase_stores(supabase_lite: SupabaseLite) -> StoresOf:
    return lambda owner: service_stores(supabase_lite, owner)


@pytest.fixture(params=["sqlite", "postgresql", pytest.param("supabase", marks=pytest.mark.slow)])
def stores_of(request: pytest.FixtureRequest) -> StoresOf:
    """The stores of one database as an owner has them."""
    made: StoresOf = request.getfixturevalue(f"{request.param}_stores")
    return made


@pytest.fixture
def stores(stores_of: StoresOf) -> Stores:
    return stores_of(OWNER)


@pytest.fixture
def strangers(stores_of: StoresOf) -> Stores:
    """The stores of the same database as another owner has them."""
    return stores_of(STRANGER)


@pytest.fixture
def with_sessions(stores: Stores) -> Stores:
    """Stores in which two owners have a session each: ``ses_1`` and ``ses_bob``."""
    stores.sessions.add_session(make_session("ses_1", OWNER))
    stores.sessions.add_session(make_session("ses_bob", STRANGER))
    return stores
