"""A session on a real database of its own for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from backend.stores import Stores, open_database
from tests.agents.models.samples import OWNER, Desk


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """``desks(**request)`` is a desk whose session asks for that, on a database of its own."""
    with ExitStack() as open_ones:
        numbers = iter(range(100))

        def another(**request: Any) -> Desk:
            url = f"sqlite:///{tmp_path / str(next(numbers))}.sqlite"
            database = open_ones.enter_context(closing(open_database(url)))
            return Desk(Stores.over(database, OWNER), **request)

        yield another


@pytest.fixture
def desk(desks: Callable[..., Desk]) -> Desk:
    return desks()
