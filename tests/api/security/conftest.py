"""One application for the tests of a module: they ask for what is refused."""

import pytest

from tests.api.serving import Service, service


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return service(tmp_path_factory.mktemp("served"))
