"""Applications for which users sign in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.auth.project import Project, published
from tests.api.serving import Service, service


@pytest.fixture
def project() -> Iterator[Project]:
    with published() as started:
        yield started


@pytest.fixture
def with_users(tmp_path: Path, project: Project) -> Service:
    """Users of the project sign in, and everything is kept in a SQLite database."""
    return service(tmp_path, supabase_url=project.url, database_url=f"sqlite:///{tmp_path / 'kept.sqlite'}")


@pytest.fixture
def with_tokens(tmp_path: Path) -> Service:
    """Scripts sign in."""
    return service(tmp_path, auth="tokens")
