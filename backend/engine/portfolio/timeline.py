"""The moments at which a portfolio lives, and which bar of each symbol belongs to which."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backend.domain.arrays import Dates, Instants, Integers
from backend.domain.errors import InvalidInput
from backend.engine.portfolio.books import Book
from backend.engine.portfolio.records import ABSENT, Lines
from backend.engine.simulation.inputs import stretch


@dataclass(frozen=True, eq=False)
class Timeline:
    """The N moments at which a bar of at least one of S symbols ends within the period.

    Attributes:
        end: ``datetime64[s]``, ascending, shape (N,).
        session: of each moment, shape (N,).
        lines: which row is where.
    """

    end: Instants
    session: Dates
    lines: Lines

    @cached_property
    def latest(self) -> Integers:
        """Row of the latest bar of each symbol at each moment, shape (N, S); ``ABSENT`` before its first."""
        return np.maximum.accumulate(self.lines.row, axis=0)


def timeline_of(books: Sequence[Book]) -> Timeline:
    """Lay the bars of all symbols along one timeline.

    Raises:
        InvalidInput: the rows of a symbol are no stretch of its bars, or leave out bars within the period.
    """
    stretches = [stretch(book.bars, book.rows) for book in books]
    ends = [book.bars.end[start:stop] for book, (start, stop) in zip(books, stretches, strict=True)]
    end = ends[0] if all(np.array_equal(ends[0], other) for other in ends[1:]) else np.unique(np.concatenate(ends))
    starts, stops = np.array(stretches, dtype=np.int64).T
    first = np.cumsum(stops) - stops
    session = np.empty(end.size, dtype=books[0].bars.session.dtype)
    row = np.full((end.size, len(books)), ABSENT, dtype=np.int64)
    for symbol, (book, (start, stop)) in enumerate(zip(books, stretches, strict=True)):
        _check_complete(book, start, stop, end)
        at = slice(None) if ends[symbol].size == end.size else np.searchsorted(end, ends[symbol])
        row[at, symbol] = first[symbol] + np.arange(start, stop)
        session[at] = book.bars.session[start:stop]
    warm_up = _warm_up(books, first + starts - 1)
    lines = Lines(first, first + starts, first + stops, row, warm_up)
    for array in (end, session, *lines):
        array.flags.writeable = False
    return Timeline(end, session, lines)


def _check_complete(book: Book, start: int, stop: int, end: Instants) -> None:
    ends = book.bars.end
    early, late = start > 0 and ends[start - 1] >= end[0], stop < len(book.bars) and ends[stop] <= end[-1]
    if early or late:
        raise InvalidInput(
            f"The rows of {book.bars.symbol} leave out bars that end between {end[0]}Z and {end[-1]}Z.",
            "choose the rows of all symbols by the same period",
        )


def _warm_up(books: Sequence[Book], before: Integers) -> Integers:
    """The rows ``before`` the period of the symbols whose bar there is the latest of all."""
    moments = {symbol: book.bars.end[book.rows.start - 1] for symbol, book in enumerate(books) if book.rows.start}
    at_the_last = [moments.get(symbol) == max(moments.values()) for symbol in range(len(books))] if moments else False
    return np.where(at_the_last, before, ABSENT)
