"""Reads a list page by page."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

PAGE = 200
"""Rows that are asked for at a time."""


class Page(Protocol):
    """A page of a list; ``next`` is the cursor of the one behind it, None for the last."""

    @property
    def next(self) -> str | None: ...


P = TypeVar("P", bound=Page)


def pages(read: Callable[[str | None], P]) -> Iterator[P]:
    """Each page of a list, read when it is wanted.

    Args:
        read: the page behind a cursor; the first one for None.
    """
    page = read(None)
    yield page
    while page.next is not None:
        page = read(page.next)
        yield page
