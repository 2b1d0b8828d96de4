"""The columns of the bars that an expression may name."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from backend.domain.arrays import Floats
from backend.domain.frames import Frame
from backend.language.units import PRICE, VOLUME, Unit


@dataclass(frozen=True, slots=True)
class BarColumn:
    """A column: its unit, what it is, and where it is read."""

    unit: Unit
    doc: str
    read: Callable[[Frame], Floats]


COLUMNS = {
    "open": BarColumn(PRICE, "first price of the bar, adjusted for splits and dividends", attrgetter("bars.open")),
    "high": BarColumn(PRICE, "highest price of the bar, adjusted", attrgetter("bars.high")),
    "low": BarColumn(PRICE, "lowest price of the bar, adjusted", attrgetter("bars.low")),
    "close": BarColumn(PRICE, "last price of the bar, adjusted", attrgetter("bars.close")),
    "volume": BarColumn(VOLUME, "units traded during the bar", attrgetter("bars.volume")),
}
