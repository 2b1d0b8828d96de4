"""What a portfolio is made of: each symbol with its decisions, checked against each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.domain.arrays import Floats
from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.execution import Execution
from backend.domain.signals import Signals


@dataclass(frozen=True, eq=False)
class Book:
    """One symbol of a portfolio.

    Attributes:
        bars: T of them; those before ``rows`` are warm-up.
        signals: decisions at the close of every bar, shape (T,) each.
        rows: the bars that belong to the period, at least one.
        rank: of a rotation: what the symbol is worth at each close beside the others, shape (T,); higher is better,
            NaN where it has no value.
    """

    bars: Bars
    signals: Signals
    rows: slice
    rank: Floats | None = None


@dataclass(frozen=True)
class RotationRules:
    """Hold the ``top`` symbols by rank, chosen anew every ``every`` closes of the portfolio.

    Attributes:
        filtered: only symbols whose ``long_entry`` is true are chosen; without, it is not looked at.
    """

    top: int
    every: int
    filtered: bool = False


def slots_of(books: Sequence[Book], execution: Execution, rotation: RotationRules | None) -> int:
    """How many positions can be held at once, each over an equal share of the equity.

    Raises:
        InvalidInput: ``max_positions`` is above the number of symbols.
    """
    most, symbols = execution.max_positions, len(books)
    if most is not None and most > symbols:
        raise InvalidInput(
            f"max_positions is {most}, but there are only {symbols} symbols to hold.",
            f"set max_positions to {symbols} or less",
        )
    if rotation is None:
        return symbols if most is None else most
    return rotation.top if most is None else min(rotation.top, most)


def check_books(books: Sequence[Book], rotation: RotationRules | None) -> None:
    """Raises: InvalidInput: the books cannot be traded together, or do not fit the rotation."""
    if not books:
        raise InvalidInput("There is no symbol to trade.", "name at least one symbol")
    symbols = [book.bars.symbol for book in books]
    for symbol, book in zip(symbols, books, strict=True):
        if symbols.count(symbol) > 1:
            raise InvalidInput(f"{symbol} is named more than once.", "name every symbol of a portfolio once")
        if book.bars.timeframe is not books[0].bars.timeframe:
            raise InvalidInput(
                f"The bars of {symbol} are of {book.bars.timeframe}, those of {symbols[0]} of "
                f"{books[0].bars.timeframe}.",
                "trade all symbols of a portfolio in one timeframe",
            )
        if not book.bars.end[book.rows].size:
            raise InvalidInput(
                f"{symbol} has no bars in the period.", "choose a period in which it has, or leave the symbol out"
            )
        _check_rank(book, rotation)


def _check_rank(book: Book, rotation: RotationRules | None) -> None:
    symbol, signals = book.bars.symbol, book.signals
    if (book.rank is None) != (rotation is None):
        raise InvalidInput(
            f"{symbol} has a rank without a rotation." if rotation is None else f"{symbol} has no rank to rotate by.",
            "hand in ranks with a rotation, and only then",
        )
    if book.rank is not None and book.rank.shape != book.bars.close.shape:
        raise InvalidInput(
            f"The ranks are not one value for each of the {len(book.bars)} bars of {symbol}.",
            "compute them on the same bars",
        )
    if rotation is not None and (signals.short_entry.any() or signals.short_exit.any()):
        raise InvalidInput(f"A rotation holds only long positions, but {symbol} has short decisions.")
