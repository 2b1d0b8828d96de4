"""Serves price bars from memory, the store or a source, never mixing two sources in one series."""

from collections.abc import Iterator, Sequence

from backend.domain.errors import DataUnavailable
from backend.domain.periods import Period
from backend.domain.ports import BarSpan, Clock, PriceSource, Progress
from backend.domain.suggestions import did_you_mean
from backend.domain.timeframes import Timeframe
from backend.services.counters import DataCounters
from backend.services.market.answering import Answering
from backend.services.market.asking import Asked, MarketSlice, OpenPeriod
from backend.services.market.deriving import from_finer, of_finer
from backend.services.market.filling import Filling, SharedBars
from backend.services.market.memory import MarketMemory, Series
from backend.services.market.notices import Passed, choice_notices
from backend.services.market.stored import StoredPrices

__all__ = ["MarketData", "MarketSlice", "OpenPeriod", "SharedBars"]

IMPORT_HINT = "import a file: `backproof data import prices FILE`"


class MarketData:
    """Bars of any symbol, whoever serves them.

    Args:
        kept: where fetched and imported bars are kept, and who may fetch more.
        sources: in the order in which they are asked; the first that covers the period serves all of it.
        counters: told of every fetch and every read of bars.
        clock: the present moment: what is finished, and how long something remembered is believed.
    """

    def __init__(self, kept: SharedBars, sources: Sequence[PriceSource], counters: DataCounters, clock: Clock) -> None:
        self._store = kept.store
        self._sources = tuple(sources)
        self._memory = MarketMemory(kept.store, counters, clock, kept.room)
        self._answering = Answering(Filling(kept.locks, counters, clock), clock)
        self._parts = kept, counters, clock

    def stored(self) -> "MarketData":
        """The same bars in memory and store, but nobody outside this machine is asked for more."""
        kept, counters, clock = self._parts
        local = [StoredPrices(source) if source.remote else source for source in self._sources]
        quiet = MarketData(kept, local, counters, clock)
        quiet._memory = self._memory
        return quiet

    def symbols(self) -> tuple[str, ...]:
        """Every symbol with stored bars or listed by a source, alphabetically; others may be served as well."""
        stored = {span.symbol for span in self.spans()}
        return tuple(sorted(stored.union(*(source.symbols() for source in self._sources))))

    def span(self, symbol: str, timeframe: Timeframe) -> Period | None:
        """The sessions of the first source that has the symbol, as far as is known without asking; None without one."""
        for source, shown in self._in_order(timeframe):
            with self._memory.series(symbol, shown) as series:
                stretches = self._answering.known_stretches(series, source)
            if stretches:
                return max(stretches, key=lambda stretch: stretch.end - stretch.start)
        return None

    def spans(self) -> tuple[BarSpan, ...]:
        """Every stored series of the sources in use."""
        names = {source.name for source in self._sources}
        return tuple(span for span in self._store.bar_spans() if span.source in names)

    def bars(
        self,
        symbol: str,
        timeframe: Timeframe,
        period: Period | OpenPeriod | None,
        warmup_bars: int = 0,
        progress: Progress = lambda _: None,
    ) -> MarketSlice:
        """Bars of ``period`` and up to ``warmup_bars`` before it; an open end goes as far as there are bars.

        Raises:
            DataUnavailable: nobody serves the symbol, or not the whole period; names what each source said.
            Unavailable: the store does not answer, or the lock for a fetch cannot be made.
        """
        ends = OpenPeriod() if period is None else OpenPeriod(period.start, period.end)
        asked = Asked(symbol, timeframe, ends, warmup_bars)
        with self._memory.series(symbol, timeframe) as series:
            return self._first_answer(series, asked, progress)

    def forget(self, symbol: str | None = None) -> None:
        """Drop a symbol, or all of them, from memory, e.g. because a file with its prices was imported."""
        self._memory.forget(symbol)

    def _in_order(self, timeframe: Timeframe) -> Iterator[tuple[PriceSource, Timeframe]]:
        """Sources with the timeframe that each may answer from, in the order of ``bars``."""
        finer = [(source, shorter) for source in self._sources if not source.remote for shorter in timeframe.finer]
        for source in self._sources:
            yield source, timeframe
            if timeframe is not Timeframe.DAY:
                yield from (pair for pair in finer if pair[0] is source)
        if timeframe is Timeframe.DAY:
            yield from finer

    def _first_answer(self, series: Series, asked: Asked, progress: Progress) -> MarketSlice:
        passed: list[Passed] = []
        for source in self._sources:
            found, reason = self._answering.answer(series, source, asked, progress)
            if found is None and asked.timeframe is not Timeframe.DAY:
                found, reason = self._resampled(source, asked, progress, reason)
            if found is not None:
                end = (self._answering.stretches(series, source) or (found.period,))[-1].end
                chosen = choice_notices(asked.symbol, source.name, end, passed)
                return MarketSlice(found.bars, found.period, (*chosen, *found.notices))
            if reason is not None:
                passed.append(reason)
        made = self._made_daily(asked, progress)
        if made is not None:
            return made
        raise _outside(asked, passed) if _covers_elsewhere(passed) else self._unknown(series, asked, passed)

    def _resampled(
        self, source: PriceSource, asked: Asked, progress: Progress, reason: Passed | None
    ) -> tuple[MarketSlice | None, Passed | None]:
        """The answer of a source out of its shorter bars, the longest of them first; else ``reason``, or theirs."""
        for timeframe in () if source.remote else asked.timeframe.finer:
            with self._memory.series(asked.symbol, timeframe) as finer:
                found, passed = self._answering.answer(finer, source, of_finer(asked, timeframe), progress)
            if found is not None:
                return from_finer(found, asked), None
            reason = reason or passed
        return None, reason

    def _made_daily(self, asked: Asked, progress: Progress) -> MarketSlice | None:
        """Daily bars out of shorter ones: those are seldom there for long, so daily bars of any source go before."""
        if asked.timeframe is not Timeframe.DAY:
            return None
        found = (self._resampled(source, asked, progress, None)[0] for source in self._sources)
        return next((made for made in found if made is not None), None)

    def _unknown(self, series: Series, asked: Asked, passed: Sequence[Passed]) -> DataUnavailable:
        said = f" ({'; '.join(map(str, passed))})" if passed else ""
        return DataUnavailable(
            f"No source has {asked.timeframe} prices of {asked.symbol}{said}.",
            f"{self._resembling(series, asked)}; or {_otherwise(passed)}",
        )

    def _resembling(self, series: Series, asked: Asked) -> str:
        known = self.symbols()
        stored = {span.timeframe for span in self.spans() if span.symbol == asked.symbol}
        listed = {t for t in Timeframe for s in self._sources if not s.remote and s.span(asked.symbol, t)}
        others = [str(other) for other in Timeframe if other in stored | listed and other is not series.timeframe]
        if others:
            return f"there are {', '.join(others)} prices of {asked.symbol}"
        hint = did_you_mean(asked.symbol, known) if asked.symbol not in known else ""
        return hint or f"there are prices of {', '.join(known) or 'no symbol yet'}"


def _covers_elsewhere(passed: Sequence[Passed]) -> bool:
    """Whether a source has the symbol, but not as asked."""
    return any(not reason.away and not reason.refused for reason in passed)


def _outside(asked: Asked, passed: Sequence[Passed]) -> DataUnavailable:
    told = "; there are:" if all(reason.covers and not reason.away for reason in passed) else ":"
    return DataUnavailable(
        f"No source has prices of {asked.symbol} {asked.period}{told} {'; '.join(map(str, passed))}.",
        f"choose a period within one of these, or {_otherwise(passed)}",
    )


def _otherwise(passed: Sequence[Passed]) -> str:
    return f"try again later, or {IMPORT_HINT}" if any(reason.away for reason in passed) else IMPORT_HINT
