"""The HTTP API over each kind of store, with clients."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.api.serving import Service, on_supabase, service
from tests.api.stories import Stories, tell
from tests.servers.supabase_lite import SupabaseLite
from tests.stores.supabase.accounts import ANN, BOB


@pytest.fixture
def served(tmp_path: Path) -> Service:
    """Over an empty SQLite database, for the single owner of the machine."""
    return service(tmp_path)


@pytest.fixture
def client(served: Service) -> TestClient:
    """Of the single owner."""
    return served.client()


@pytest.fixture
def on_postgres(tmp_path: Path, postgres_url: str) -> Service:
    """Over an empty PostgreSQL database, for the single owner."""
    return service(tmp_path, database_url=postgres_url)


@pytest.fixture
def with_accounts(tmp_path: Path, supabase_lite: SupabaseLite) -> Service:
    """Over an empty Supabase project, whose users sign in."""
    return on_supabase(tmp_path, supabase_lite)


@pytest.fixture
def ann(with_accounts: Service, supabase_lite: SupabaseLite) -> TestClient:
    """Of a user who is signed in."""
    return with_accounts.client(supabase_lite.token(ANN))


@pytest.fixture
def bob(with_accounts: Service, supabase_lite: SupabaseLite) -> TestClient:
    """Of another user who is signed in."""
    return with_accounts.client(supabase_lite.token(BOB))


@pytest.fixture(scope="session")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Stories:
    """Sessions in every state, only to be read."""
    return tell(service(tmp_path_factory.mktemp("stories")))
