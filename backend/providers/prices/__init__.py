"""Price sources by name; to add one, write its file and its line here."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from backend.domain.ports import Clock, Exchange, PriceSource
from backend.providers.pacing import Pacing
from backend.providers.prices.file import ImportedPrices
from backend.providers.prices.sample import SamplePrices
from backend.providers.prices.yfinance import YahooPrices
from backend.providers.registry import pick


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Outside:
    """What remote sources need to know of the world.

    Attributes:
        now: the present moment.
        clock: seconds that only grow, and how to sleep for some.
        yahoo_url: an address that answers like Yahoo; empty for Yahoo itself.
    """

    now: Clock = _utc_now
    clock: tuple[Callable[[], float], Callable[[float], None]] = (time.monotonic, time.sleep)
    yahoo_url: str = ""

    def pacing(self, service: str, interval: float) -> Pacing:
        """How ``service`` is asked: requests start ``interval`` seconds apart at least."""
        return Pacing(service, interval, clock=self.clock)


REAL_WORLD = Outside()

PRICE_SOURCES: dict[str, Callable[[Exchange, Outside], PriceSource]] = {
    "file": lambda *_: ImportedPrices(),
    "sample": lambda exchange, _: SamplePrices(exchange),
    "yfinance": lambda exchange, o: YahooPrices(exchange, o.now, o.pacing("Yahoo", 0.5), o.yahoo_url),
}


def price_sources(names: Iterable[str], exchange: Exchange, outside: Outside = REAL_WORLD) -> tuple[PriceSource, ...]:
    """The named sources in that order.

    Args:
        names: keys of ``PRICE_SOURCES``.
        exchange: opens and closes of sessions, for sources that bring dates alone.
        outside: for sources that ask somebody else.

    Raises:
        InvalidInput: a name that is none.
    """
    return tuple(pick(PRICE_SOURCES, name, "price source")(exchange, outside) for name in names)
