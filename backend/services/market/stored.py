"""Price sources of which only what is stored is read."""

from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable
from backend.domain.periods import Period
from backend.domain.ports import PriceSource
from backend.domain.timeframes import Timeframe


class StoredPrices:
    """A source outside this machine that is not asked; what it served before is in the store.

    Args:
        source: the one that the application uses.
    """

    def __init__(self, source: PriceSource) -> None:
        self.name = source.name
        self.remote = source.remote

    def symbols(self) -> tuple[str, ...]:
        """None: the store knows them."""
        return ()

    def span(self, symbol: str, timeframe: Timeframe) -> Period | None:  # noqa: ARG002 - it serves none
        """None: the store knows it."""
        return None

    def longest_request(self, timeframe: Timeframe) -> int | None:  # noqa: ARG002 - there are none
        """None: there are no requests."""
        return None

    def fetch(self, symbol: str, timeframe: Timeframe, period: Period) -> Bars:
        """Raises DataUnavailable."""
        raise DataUnavailable(f"{self.name} is not asked for {timeframe} prices of {symbol} {period} now.")
