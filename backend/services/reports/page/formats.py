"""Numbers, dates and missing values as the report writes them."""

from datetime import UTC, datetime

MISSING = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
GAP = "\N{NARROW NO-BREAK SPACE}"
"""Between a number and its percent sign."""


def percent(fraction: float | None, digits: int = 1) -> str:
    """``-0.1534`` as ``-15.3 %`` with a true minus; from a thousand percent on without decimals."""
    if fraction is None:
        return MISSING
    value = fraction * 100
    return f"{number(value, digits if abs(value) < 999.5 else 0)}{GAP}%"


def signed_percent(fraction: float | None, digits: int = 1) -> str:
    """With a plus above zero; what rounds to zero has no sign."""
    text = percent(fraction, digits)
    rounded = 0.0 if fraction is None else round(fraction * 100, digits)
    return f"+{text}" if rounded > 0 else text


def number(value: float | None, digits: int = 2) -> str:
    """So many decimals, thousands marked."""
    if value is None:
        return MISSING
    return f"{round(value, digits) + 0.0:,.{digits}f}".replace("-", MINUS)


def signed_money(value: float) -> str:
    """Whole units from a hundred on, with its sign."""
    text = number(value, 0 if abs(value) >= 100 else 2)
    return f"+{text}" if round(value, 2) > 0 else text


def price(value: float) -> str:
    """Two decimals, more where the price is small."""
    return number(value, 2 if abs(value) >= 10 else 4)


def short_number(value: float) -> str:
    """For the ticks of an axis: ``1,500`` as ``1.5k``."""
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:,.10g}".replace("-", MINUS) + letter
    return f"{value:,.10g}".replace("-", MINUS)


def short_percent(fraction: float) -> str:
    """For the ticks of an axis: ``-0.25`` as ``-25 %``."""
    return f"{round(fraction * 100, 6) + 0.0:,.10g}{GAP}%".replace("-", MINUS)


def units(value: float) -> str:
    """Whole shares as such, fractions with as many digits as tell them apart."""
    return number(value, 0 if float(value).is_integer() or value >= 1000 else 2)


def tone(value: float | None) -> str:
    """The class of a value that is a gain or a loss."""
    if value is None or value == 0:
        return ""
    return "up" if value > 0 else "down"


def day(moment: datetime) -> str:
    """The date in UTC, which is that of the trading session."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d")


def minute(moment: datetime) -> str:
    """Date and time in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
