"""Fetches bars ahead of time, symbol by symbol."""

from collections.abc import Sequence
from datetime import date

from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.periods import Period
from backend.domain.ports import Progress
from backend.domain.record import Record
from backend.domain.timeframes import Timeframe
from backend.services.counters import DataCounters
from backend.services.market_data import MarketData, OpenPeriod


class Warmed(Record):
    """What warming did for one symbol.

    Attributes:
        source, start, end, bars: what is stored and served now; None and 0 when it failed.
        fetched_bars, source_calls: what the sources were asked for, whether it failed in the end or not.
        failed_reason: None when all of it is there.
        notices: what must be said about the bars.
    """

    symbol: str
    timeframe: Timeframe
    source: str | None = None
    start: date | None = None
    end: date | None = None
    bars: int = 0
    fetched_bars: int = 0
    source_calls: int = 0
    failed_reason: str | None = None
    notices: tuple[str, ...] = ()


class Warming:
    """Warms the market data of this machine; run again, it goes on where it stopped.

    Args:
        market: fetches and stores.
        counters: of the same market data.
    """

    def __init__(self, market: MarketData, counters: DataCounters) -> None:
        self._market = market
        self._counters = counters

    def warm(
        self, symbols: Sequence[str], timeframe: Timeframe, period: Period | OpenPeriod | None, progress: Progress
    ) -> tuple[Warmed, ...]:
        """Fetch what is missing of each symbol; one that fails does not stop the others.

        Args:
            symbols: each is taken once, in this order, in upper case.
            timeframe: of the bars.
            period: None for all there is.
            progress: told of each symbol and of each request.

        Raises:
            InvalidInput: no symbol is named.
            Unavailable: the store does not answer, or cannot take what was fetched.
        """
        wanted = tuple(dict.fromkeys(symbol.strip().upper() for symbol in symbols if symbol.strip()))
        if not wanted:
            raise InvalidInput("There is no symbol to warm.", "name one or more: AAPL MSFT")
        results = []
        for number, symbol in enumerate(wanted, start=1):
            progress(f"{symbol} ({number} of {len(wanted)})")
            results.append(self._warm(symbol, timeframe, period, progress))
        return tuple(results)

    def _warm(
        self, symbol: str, timeframe: Timeframe, period: Period | OpenPeriod | None, progress: Progress
    ) -> Warmed:
        before = self._counters.snapshot()
        try:
            found = self._market.bars(symbol, timeframe, period, progress=progress)
            stored = {
                "source": found.bars.source,
                "start": found.period.start,
                "end": found.period.end,
                "bars": len(found.bars),
                "notices": found.notices,
            }
        except (DataUnavailable, InvalidInput) as error:
            stored = {"failed_reason": error.message}
        return Warmed(
            symbol=symbol,
            timeframe=timeframe,
            fetched_bars=self._counters.bars_fetched - before.bars_fetched,
            source_calls=self._counters.source_calls - before.source_calls,
            **stored,
        )
