"""Gathers what a direct backtest reads: the bars and the sentiment of each symbol, and of those read by ``of``."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Self

from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.frames import Frame
from backend.domain.hashing import hash_arrays
from backend.domain.ledger import MarketFingerprint
from backend.domain.moments import period_of, rows_within
from backend.domain.periods import Period
from backend.domain.ports import PriceColumns
from backend.domain.sentiment import ALL_CHANNELS, CHANNELS, Channel
from backend.domain.stretches import shared
from backend.domain.timeframes import Timeframe
from backend.language import CompiledSpec
from backend.services.dataset_manager import DatasetManager
from backend.services.market_data import MarketData, MarketSlice, OpenPeriod
from backend.services.preparation import WARMUP_BARS
from backend.services.price_jumps import jump_notices
from backend.services.run_curves import price_columns
from backend.services.shared_notices import shared_notices


@dataclass(frozen=True)
class Wish:
    """What is asked for.

    Attributes:
        symbols: those traded, upper case, each once.
        period: an open start or end means as far as the data of any of them reaches.
    """

    owner: str
    symbols: tuple[str, ...]
    timeframe: Timeframe
    period: OpenPeriod


@dataclass(frozen=True)
class Needs:
    """What a strategy reads of the symbols that it trades, and of others; what has equal needs may share its data.

    Attributes:
        warmup: bars before the period.
        channels: of the traded symbols.
        channels_of: of each symbol that ``of`` reads, by symbol.
    """

    warmup: int
    channels: frozenset[str]
    channels_of: tuple[tuple[str, frozenset[str]], ...]

    @classmethod
    def of(cls, compiled: CompiledSpec) -> Self:
        """Those of a strategy."""
        others = {symbol: frozenset(compiled.channels_of.get(symbol, ())) for symbol in compiled.symbols}
        return cls(
            warmup=max(WARMUP_BARS, compiled.warmup + 1),  # the decision before the first bar may fill at its open
            channels=frozenset(compiled.channels),
            channels_of=tuple(sorted(others.items())),
        )


@dataclass(frozen=True, eq=False)
class Material:
    """What a direct backtest reads; what is worked out from it is kept, for several strategies may share it.

    Attributes:
        frames: of each traded symbol in the stated order, with warm-up; each holds those of the other symbols that the
            strategy reads.
        rows: of each frame, the bars within the period; at least one.
        notices: what must be said about the data.
    """

    frames: tuple[Frame, ...]
    rows: tuple[slice, ...]
    notices: tuple[str, ...]

    @cached_property
    def data_hash(self) -> str:
        """Of every value that could be read up to the last traded bar; of several symbols in the stated order."""
        hashes = [frame.window(0, rows.stop).data_hash for frame, rows in zip(self.frames, self.rows, strict=True)]
        return hashes[0] if len(hashes) == 1 else hash_arrays(*hashes)

    @cached_property
    def prices(self) -> tuple[PriceColumns, ...]:
        """The closes of each symbol over the traded bars, thinned out where there are many."""
        return price_columns(self.frames, self.rows)

    @cached_property
    def fingerprints(self) -> "dict[Period, tuple[MarketFingerprint, ...]]":
        """By which the ledger recognises the market of each symbol, by period; filled by ``fingerprints_over``."""
        return {}

    def fingerprints_over(self, period: Period) -> tuple[MarketFingerprint, ...]:
        """By which the ledger recognises the market of each symbol over that period."""
        if period not in self.fingerprints:
            self.fingerprints[period] = tuple(MarketFingerprint.of(frame.bars, period) for frame in self.frames)
        return self.fingerprints[period]

    @property
    def source(self) -> str:
        """Who served the bars that are traded; several are separated by commas."""
        return ", ".join(dict.fromkeys(frame.bars.source for frame in self.frames))


@dataclass(frozen=True, eq=False)
class _Served:
    """Bars of one symbol with warm-up; ``in_part`` where they do not serve the whole stated period."""

    market: MarketSlice
    in_part: bool

    def reach(self, asked: OpenPeriod, whole: Period) -> tuple[date | None, date | None]:
        """First and last session with bars, each only where that end of the period is missing.

        An end that was stated and is served is not missing, even where the last session is not over yet.
        """
        bars, period = self.market.bars, self.market.period
        held = period_of(bars.session[rows_within(bars.session, period)])
        late = (self.in_part or asked.start is None) and period.start > whole.start and held.start > whole.start
        early = (self.in_part or asked.end is None) and period.end < whole.end and held.end < whole.end
        return held.start if late else None, held.end if early else None


@dataclass(frozen=True, eq=False)
class _Found:
    """What was found of one symbol: its bars, the same as a frame, and what must be said about it."""

    served: _Served
    frame: Frame
    notices: tuple[str, ...]

    def told(self) -> Iterator[tuple[str, str]]:
        """Each notice with the symbol that it is about."""
        for notice in self.notices:
            yield self.frame.bars.symbol, notice


class Gathering:
    """Asks for bars and sentiment; nothing is stored for a direct run.

    Args:
        market, datasets: where bars and sentiment come from.
    """

    def __init__(self, market: MarketData, datasets: DatasetManager) -> None:
        self._market = market
        self._datasets = datasets

    def gather(self, wish: Wish, needs: Needs) -> Material:
        """Everything that a strategy with those needs reads, for every symbol.

        A single symbol must have bars for the whole stated period. Of several, and of one that ``of`` reads, each is
        used as far as it reaches, with a notice.

        Raises:
            InvalidInput: the period is the wrong way round, or a channel cannot be told.
            DataUnavailable: no source has bars or posts of a symbol; one that ``of`` names is named as such.
        """
        bars = {symbol: self._bars(wish, symbol, needs.warmup) for symbol in wish.symbols}
        whole = _whole(wish.period, [served.market.period for served in bars.values()])
        also = dict(needs.channels_of)
        traded = {
            symbol: self._found(wish.owner, served, needs.channels | also.get(symbol, frozenset()))
            for symbol, served in bars.items()
        }
        others = {
            symbol: self._other(wish, symbol, whole, (needs.warmup, channels))
            for symbol, channels in needs.channels_of
            if wish.symbols != (symbol,)
        }
        frames = tuple(_with_others(found.frame, others) for found in traded.values())
        rows = tuple(_rows(found.frame, found.served.market.period) for found in traded.values())
        told = shared_notices(notice for found in (*traded.values(), *others.values()) for notice in found.told())
        short = (*_short(traded, wish.period, whole), *_behind(others, whole))
        return Material(frames, rows, tuple(dict.fromkeys([*told, *short])))

    def _found(self, owner: str, served: _Served, channels: Iterable[str]) -> _Found:
        market, symbol = served.market, served.market.bars.symbol
        asked = market.period  # only prices warm up before it
        fetched = self._datasets.prefetch(owner, None, [symbol], _named(channels), asked, lambda _: None)
        frame = self._datasets.frame(market.bars, fetched.datasets)
        return _Found(served, frame, (*market.notices, *jump_notices(market.bars), *fetched.notices))

    def _other(self, wish: Wish, symbol: str, whole: Period, needs: tuple[int, Iterable[str]]) -> _Found:
        """What ``of`` reads of a symbol."""
        warmup, channels = needs
        try:
            part = replace(wish, symbols=(), period=OpenPeriod(whole.start, whole.end))
            found = self._found(wish.owner, self._bars(part, symbol, warmup), channels)
            _rows(found.frame, found.served.market.period)
        except DataUnavailable as error:
            raise DataUnavailable(f'The strategy reads of("{symbol}", ...): {error.message}', error.hint) from error
        return found

    def _bars(self, wish: Wish, symbol: str, warmup: int) -> _Served:
        """Bars for the whole period, or for the part of it for which there are any, where that is enough."""
        try:
            return _Served(self._market.bars(symbol, wish.timeframe, wish.period, warmup), in_part=False)
        except DataUnavailable:
            part = self._part(wish, symbol, warmup) if wish.symbols != (symbol,) else None
            if part is None:
                raise
            return _Served(part, in_part=True)

    def _part(self, wish: Wish, symbol: str, warmup: int) -> MarketSlice | None:
        """What there is within the period when one of its ends is given up, or both."""
        start, end = wish.period.start, wish.period.end
        for ends in dict.fromkeys([OpenPeriod(None, end), OpenPeriod(start, None), OpenPeriod()]):
            try:
                found = self._market.bars(symbol, wish.timeframe, ends, warmup)
            except DataUnavailable:
                continue
            within = wish.period.filled(found.period.start, found.period.end)
            inside = shared(within, found.period) if within else None
            if inside and _has_rows(found, inside):
                return _cut(found, inside)
        return None


def _named(channels: Iterable[str]) -> tuple[Channel, ...]:
    """Those channels in the order of the registry."""
    wanted = frozenset(channels)
    named = tuple(channel for channel in CHANNELS if channel in wanted)
    if ALL_CHANNELS in wanted and not named:
        raise InvalidInput(
            'A direct backtest cannot tell which channels "all" means.', 'name a channel: sentiment("reddit")'
        )
    return named


def _whole(asked: OpenPeriod, served: Sequence[Period]) -> Period:
    """What was asked for; an open end is the farthest that any symbol reaches."""
    start = asked.start or min(period.start for period in served)
    return Period(start=start, end=asked.end or max(period.end for period in served))


def _with_others(frame: Frame, others: Mapping[str, _Found]) -> Frame:
    """With the other symbols up to the last bar here; its own bars it reads itself."""
    own, last = frame.bars.symbol, frame.bars.end[-1]
    reached = {symbol: found.frame.until(last) for symbol, found in others.items() if symbol != own}
    return replace(frame, others=reached)


def _rows(frame: Frame, period: Period) -> slice:
    rows = frame.rows(period)
    if rows.stop <= rows.start:
        raise DataUnavailable(
            f"There is no trading session from {period.start} to {period.end}.",
            "choose a period in which the exchange was open",
        )
    return rows


def _has_rows(market: MarketSlice, period: Period) -> bool:
    rows = rows_within(market.bars.session, period)
    return bool(rows.stop > rows.start)


def _cut(market: MarketSlice, period: Period) -> MarketSlice:
    """Without the bars after ``period``; those before it warm up."""
    rows = rows_within(market.bars.session, period)
    return MarketSlice(market.bars.window(0, rows.stop), period, market.notices)


def _short(traded: Mapping[str, _Found], asked: OpenPeriod, whole: Period) -> Iterator[str]:
    """A notice for each traded symbol that has less history than was asked for."""
    for symbol, found in traded.items():
        first, last = found.served.reach(asked, whole)
        if first:
            yield f"{symbol} has no bars before {first}: until then it is not traded."
        if last:
            yield f"{symbol} has no bars after {last}: from then on it is not traded, and what is held keeps its price."


def _behind(others: Mapping[str, _Found], whole: Period) -> Iterator[str]:
    """A notice for each symbol that ``of`` reads and that has less history; it was asked for the whole period."""
    for symbol, found in others.items():
        first, last = found.served.reach(OpenPeriod(whole.start, whole.end), whole)
        if first:
            yield f'{symbol} has no bars before {first}: until then nothing that reads of("{symbol}", ...) is known.'
        if last:
            yield f'{symbol} has no bars after {last}: from then on nothing that reads of("{symbol}", ...) is known.'
