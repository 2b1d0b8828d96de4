"""What whole sessions share: a store with bars and scored posts, and applications that ask a local server."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend.bootstrap import Application
from tests.agents.llm_sessions.runs import asking
from tests.cli.conftest import backproof
from tests.servers.openai_server import OpenAIServer

__all__ = ["backproof"]  # a fixture is found by its name


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store that all these tests of a worker write to; a session's seed tells its requests apart."""
    return tmp_path_factory.mktemp("llm_sessions")


@pytest.fixture
def connected(shared_folder: Path, openai_server: OpenAIServer) -> Callable[..., Application]:
    """Applications on the shared store that ask this test's server; settings may be stated."""

    def application(**settings: Any) -> Application:
        return asking(shared_folder, openai_server, **settings)

    return application
