"""Sources that say what they said before and are never asked for anything."""

from collections.abc import Sequence

from backend.domain.bars import Bars
from backend.domain.errors import Unavailable
from backend.domain.periods import Period
from backend.domain.ports import PostSource, PriceSource
from backend.domain.sentiment import Channel, Post
from backend.domain.timeframes import Timeframe


class OfflinePrices:
    """A price source of which only what is stored is used.

    Args:
        source: the one that the application uses.
    """

    def __init__(self, source: PriceSource) -> None:
        self._source = source
        self.name = source.name
        self.remote = source.remote

    def symbols(self) -> tuple[str, ...]:
        """As the source itself says."""
        return self._source.symbols()

    def span(self, symbol: str, timeframe: Timeframe) -> Period | None:
        """As the source itself says."""
        return self._source.span(symbol, timeframe)

    def longest_request(self, timeframe: Timeframe) -> int | None:
        """As the source itself says."""
        return self._source.longest_request(timeframe)

    def fetch(self, symbol: str, timeframe: Timeframe, period: Period) -> Bars:
        """Raises Unavailable."""
        raise _never(f"{self.name} is not asked for {timeframe} prices of {symbol} {period}")


class OfflinePosts:
    """A post source of which only what is stored is used.

    Args:
        source: the one that the application uses.
    """

    def __init__(self, source: PostSource) -> None:
        self._source = source
        self.name = source.name
        self.notice = source.notice

    def span(self, symbol: str, channel: Channel) -> Period | None:
        """As the source itself says."""
        return self._source.span(symbol, channel)

    def fetch(self, symbol: str, channel: Channel, period: Period) -> Sequence[Post]:
        """Raises Unavailable."""
        raise _never(f"{self.name} is not asked for {channel} posts about {symbol} {period}")


def _never(what: str) -> Unavailable:
    return Unavailable(f"{what} during a replay.", "what is stored is all that a replay reads")
