"""Price sources by name; to add one, write its file and its line here."""

from collections.abc import Callable, Iterable

from backend.domain.ports import Exchange, PriceSource
from backend.providers.prices.file import ImportedPrices
from backend.providers.prices.sample import SamplePrices
from backend.providers.registry import pick

PRICE_SOURCES: dict[str, Callable[[Exchange], PriceSource]] = {
    "file": lambda _: ImportedPrices(),
    "sample": SamplePrices,
}


def price_sources(names: Iterable[str], exchange: Exchange) -> tuple[PriceSource, ...]:
    """The named sources in that order.

    Args:
        names: keys of ``PRICE_SOURCES``.
        exchange: opens and closes of sessions, for sources that bring dates alone.

    Raises:
        InvalidInput: a name that is none.
    """
    return tuple(pick(PRICE_SOURCES, name, "price source")(exchange) for name in names)
