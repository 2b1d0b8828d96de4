"""Pages of a list: how many rows, and a cursor that says behind which row the next page begins."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query

from backend.domain.errors import InvalidInput

Row = TypeVar("Row")

USUAL = 50
LONGEST = 200
MARK = "after:"
"""What a cursor begins with, so that other text is not taken for one."""


@dataclass(frozen=True)
class Page:
    """The page that is asked for.

    Attributes:
        limit: rows of it at most.
        after: id of the last row of the page before; None for the first page.
    """

    limit: int
    after: str | None = None

    @property
    def wanted(self) -> int:
        """Rows to read: one more than are shown, which tells whether another page follows."""
        return self.limit + 1

    def document(
        self, noun: str, rows: Sequence[Row], line: Callable[[Row], dict[str, Any]], id_of: Callable[[Row], str]
    ) -> dict[str, Any]:
        """The rows under their noun, and the cursor of the next page, null on the last.

        Args:
            noun: plural, e.g. ``sessions``.
            rows: up to ``wanted``, from the one behind ``after`` on.
            line: a row as it is shown.
            id_of: the id of a row.
        """
        return {noun: [line(row) for row in rows[: self.limit]], "next": self.following(rows, id_of)}

    def following(self, rows: Sequence[Row], id_of: Callable[[Row], str]) -> str | None:
        """The cursor of the next page; None on the last."""
        return cursor(id_of(rows[self.limit - 1])) if len(rows) > self.limit else None


async def page(
    limit: Annotated[int, Query(ge=1, le=LONGEST, description="Rows of a page at most.")] = USUAL,
    cursor: Annotated[
        str | None, Query(max_length=400, description="`next` of the page before; none for the first page.")
    ] = None,
) -> Page:
    """Raises InvalidInput for a text that is no cursor."""
    return Page(limit, None if cursor is None else _behind(cursor))


Paged = Annotated[Page, Depends(page)]
"""The page that is asked for; newest first."""


def cursor(row_id: str) -> str:
    """The cursor of the page that begins behind this row."""
    return urlsafe_b64encode(f"{MARK}{row_id}".encode()).decode().rstrip("=")


def _behind(cursor: str) -> str:
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeError, ValueError):
        text = ""
    if not text.startswith(MARK):
        raise InvalidInput("The cursor is not one of this list.", "take `next` of the page before, or leave it out")
    return text.removeprefix(MARK)
