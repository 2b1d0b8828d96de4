"""A list is read to its end, and no further than somebody looks."""

from dataclasses import dataclass

import pytest

from backend.client.paging import pages

ROWS = list(range(7))


@dataclass(frozen=True)
class RowPage:
    rows: list[int]
    next: str | None


class Shelf:
    """Pages of the rows; counts how many were read."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.read = 0

    def page(self, after: str | None) -> RowPage:
        self.read += 1
        first = int(after or 0)
        following = first + self._size
        return RowPage(ROWS[first:following], str(following) if following < len(ROWS) else None)


@pytest.mark.parametrize("size", [1, 2, 6, 7, 200])
def test_every_row_comes_once(size: int) -> None:
    assert [row for page in pages(Shelf(size).page) for row in page.rows] == ROWS


def test_a_page_is_read_when_it_is_wanted() -> None:
    shelf = Shelf(3)
    assert (next(pages(shelf.page)).rows, shelf.read) == ([0, 1, 2], 1)
