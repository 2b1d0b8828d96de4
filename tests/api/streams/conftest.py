"""A session whose events the tests write themselves."""

import pytest

from tests.api.serving import Service, service
from tests.api.streams.logs import Written, paced, session_of


@pytest.fixture(scope="package")
def brisk(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """Over an empty SQLite database, looking for events of other processes at once."""
    return paced(service(tmp_path_factory.mktemp("streams")))


@pytest.fixture
def written(brisk: Service) -> Written:
    """A session that runs, without any event beside its first."""
    return session_of(brisk)
