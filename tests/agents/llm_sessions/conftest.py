"""What whole sessions share: a store with bars and scored posts, and applications that ask a local server."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from backend.bootstrap import Application
from backend.stores.sql.tables import model_replies
from tests.agents.llm_sessions.runs import asking
from tests.agents.sessions import application
from tests.cli.conftest import backproof
from tests.servers.openai_server import OpenAIServer

__all__ = ["backproof"]  # a fixture is found by its name


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store that all these tests of a worker write to."""
    return tmp_path_factory.mktemp("llm_sessions")


@pytest.fixture(autouse=True)
def no_replies_of_other_tests(shared_folder: Path) -> None:
    """A server may listen where that of an earlier test did, so that its model would have answered already."""
    database = application(shared_folder).shared.database
    with database.writing() as connection:
        connection.execute(delete(model_replies))
    database.close()


@pytest.fixture
def connected(shared_folder: Path, openai_server: OpenAIServer) -> Callable[..., Application]:
    """Applications on the shared store that ask this test's server; settings may be stated."""

    def made(**settings: Any) -> Application:
        return asking(shared_folder, openai_server, **settings)

    return made
