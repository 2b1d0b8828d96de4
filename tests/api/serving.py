"""The HTTP API in this process, over real stores; jobs wait until a test has them done."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from backend.api.app import create_app
from backend.api.paths import PREFIX
from backend.bootstrap.accounts import Accounts
from backend.bootstrap.working import work_off
from backend.settings import Settings
from tests.api.described import refuse_undescribed
from tests.servers.supabase_lite import SupabaseLite

ADDRESS = "http://127.0.0.1:8000"
"""Under which a client in this process asks: the server knows it as its own."""


@dataclass(frozen=True)
class Service:
    """An application of which nothing runs by itself: no worker is started."""

    app: FastAPI

    @property
    def accounts(self) -> Accounts:
        """The applications behind it."""
        accounts: Accounts = self.app.state.accounts
        return accounts

    def client(self, token: str = "", *, quiet: bool = False) -> TestClient:
        """A client for the paths under ``/api/v1``; it fails for an answer that the description does not promise.

        Args:
            token: of the account that asks; none where nobody signs in.
            quiet: whether an error that nobody expects becomes a 500, as in a server, and not the end of the test.
        """
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        address = f"{ADDRESS}{PREFIX}/"
        made = TestClient(self.app, address, headers=headers, raise_server_exceptions=not quiet, follow_redirects=False)
        made.event_hooks = {"response": [refuse_undescribed]}
        return made

    def work_off(self) -> int:
        """Do every job that is due, one after the other in this thread, and those that they queue; their number."""
        return work_off(self.accounts)


def service(folder: Path, **settings: Any) -> Service:
    """The application over a SQLite database in the folder, or over what the settings name; sample data only."""
    return Service(create_app(Settings(data_dir=folder, **settings)))


def on_supabase(folder: Path, lite: SupabaseLite, **settings: Any) -> Service:
    """The application over a Supabase project, whose users sign in."""
    project = {
        "supabase_url": lite.url,
        "supabase_publishable_key": lite.publishable_key,
        "supabase_secret_key": lite.secret_key,
        "supabase_jwt_secret": lite.jwt_secret,
    }
    return service(folder, **project, **settings)


@contextmanager
def working(served: Service) -> Iterator[TestClient]:
    """A client of the application as a server runs it, with its workers; they end with the block."""
    with served.client() as client:
        yield client
