"""Numbers, dates and missing values as people read them."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from rich.text import Text

from backend.domain import figures
from backend.domain.quoting import plain_text

MISSING = "\N{EN DASH}"

Formatter = Callable[[float | None], str]


def percent(fraction: float | None) -> str:
    """``0.1534`` as ``15.3 %``."""
    return MISSING if fraction is None else figures.percent(fraction)


def signed_percent(fraction: float | None) -> str:
    """``0.1534`` as ``+15.3 %``; zero has no sign."""
    return MISSING if fraction is None else figures.signed_percent(fraction)


def ratio(value: float | None) -> str:
    """Two decimals."""
    return MISSING if value is None else figures.ratio(value)


def money(value: float | None) -> str:
    """Two decimals and thousands marked."""
    return ratio(value)


def count(value: float | None) -> str:
    """A whole number with thousands marked."""
    return MISSING if value is None else figures.count(value)


def number(value: float | None) -> str:
    """A value in a unit of its own: whole numbers as such, others with four significant digits."""
    return MISSING if value is None else figures.number(value)


def moment(at: datetime) -> str:
    """Date and time in UTC; the zone is named in the heading of its column."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def span(start: date, end: date) -> str:
    """Two dates, both inclusive."""
    return f"{start.isoformat()} to {end.isoformat()}"


def plain(text: str, longest: int = 300) -> str:
    """Words from outside on one line: nothing in them steers a terminal, and what is too long is cut.

    A line of carets under another one points nowhere then, and is left out.
    """
    text = "\n".join(part for part in text.splitlines() if set(part) - set(" ^") or not part.strip())
    return plain_text(text, longest)


def dollars(value: float) -> str:
    """Cents, and smaller sums with two digits that say something."""
    return f"${value:,.2f}" if value >= 0.095 or value == 0 else f"${value:.2g}"


def coloured(value: float | None, text: str) -> Text:
    """A gain in green, a loss in red."""
    if value is None or value == 0:
        return Text(text, style="dim" if value is None else "")
    return Text(text, style="green" if value > 0 else "red")
