"""Remembers bars and what is known of their coverage, series by series."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock

from backend.domain.bars import Bars
from backend.domain.moments import period_of
from backend.domain.periods import Period
from backend.domain.ports import Clock, MarketStore, StoredBars
from backend.domain.stretches import hull, joined, missing
from backend.domain.timeframes import Timeframe
from backend.services.counters import DataCounters
from backend.services.market.joining import within
from backend.services.market.sessions import has_sessions

FRESH = timedelta(seconds=60)
"""How long coverage is believed: another process may import or clear meanwhile."""

MOST_BARS = 1_500_000
"""Bars in memory, about a hundred megabytes: 450 symbols of 13 years of days, or 15 of a year of minutes."""


class BarRoom:
    """How many bars all memories of a process hold together; the series that was not read longest is dropped first.

    Args:
        most: bars; a single series may have more.
    """

    def __init__(self, most: int = MOST_BARS) -> None:
        self._most = most
        self._held: OrderedDict[Series, int] = OrderedDict()
        self._total = 0
        self._lock = Lock()

    def take(self, series: "Series", bars: int) -> None:
        """Note that a series was read and holds so many bars now; make room for them."""
        with self._lock:
            self._total += bars - self._held.pop(series, 0)
            self._held[series] = bars
            while self._total > self._most and len(self._held) > 1:
                dropped, freed = self._held.popitem(last=False)
                self._total -= freed
                dropped.drop_bars()


class Series:
    """What is known of one symbol and timeframe; used by one thread at a time, and bars dropped by any."""

    def __init__(
        self, symbol: str, timeframe: Timeframe, store: MarketStore, counters: DataCounters, room: BarRoom
    ) -> None:
        self.symbol = symbol
        self.timeframe = timeframe
        self._room = room
        self._store = store
        self._counters = counters
        self._stored: dict[str, StoredBars] = {}
        self._stored_at: datetime | None = None
        self._bars: dict[str, tuple[Period, Bars | None]] = {}

    def refresh(self, now: datetime) -> None:
        """Read the coverage again when it is older than a minute; bars stay where it has not changed."""
        if self._stored_at is None or now - self._stored_at >= FRESH:
            self.reread(now)

    def reread(self, now: datetime) -> None:
        """Read the coverage again, however fresh it is."""
        found = {stored.source: stored for stored in self._store.series(self.symbol, self.timeframe)}
        for source in list(self._bars):
            if found.get(source) != self._stored.get(source):
                self._bars.pop(source, None)
        self._stored, self._stored_at = found, now

    def forget(self) -> None:
        """Read everything anew at the next question."""
        self._stored, self._stored_at = {}, None
        self._bars.clear()

    def drop_bars(self) -> None:
        """Read them again at the next question; what is known of coverage stays."""
        self._bars.clear()

    def stored(self, source: str) -> StoredBars:
        """What the store holds of a source."""
        return self._stored.get(source) or StoredBars(source, (), None)

    def bars(self, source: str, wanted: Period) -> Bars | None:
        """Stored bars of a stretch, from memory if they are there; None when it holds none."""
        read = self._bars.get(source)
        if read is None or not (read[0].start <= wanted.start and wanted.end <= read[0].end):
            stretch = self._joined_with(source, wanted, read[0] if read else wanted)
            self._counters.data_reads += 1
            read = (stretch, self._store.read_bars(self.symbol, self.timeframe, source, stretch))
            self._bars[source] = read
        self._room.take(self, sum(len(bars) for _, bars in list(self._bars.values()) if bars is not None))
        return None if read[1] is None else within(read[1], wanted)

    def read(self, source: str, period: Period) -> Bars | None:
        """Stored bars, past the memory: it keeps what is served, not what is compared."""
        self._counters.data_reads += 1
        return self._store.read_bars(self.symbol, self.timeframe, source, period)

    def write(self, bars: Bars, covered: Period) -> None:
        """Store a stretch and know it from now on."""
        self._store.write_bars(bars, covered)
        old = self.stored(bars.source)
        held = [*([old.held] if old.held else []), *([period_of(bars.session)] if len(bars) else [])]
        known = StoredBars(bars.source, joined([*old.covered, covered]), hull(held) if held else None)
        self._stored[bars.source] = known
        read = self._bars.get(bars.source)
        if read is not None and read[0].overlaps(covered):
            self._bars.pop(bars.source, None)

    def replace(self, bars: Bars, covered: Period) -> None:
        """Store a new version in place of the whole series of its source."""
        self._store.replace_series(bars, covered)
        self._bars.pop(bars.source, None)
        self._stored[bars.source] = StoredBars(bars.source, (covered,), period_of(bars.session))

    def _joined_with(self, source: str, wanted: Period, read: Period) -> Period:
        """What to read: both stretches at once where all between them is stored."""
        both = hull([wanted, read])
        gaps = missing(both, self.stored(source).covered)
        return wanted if any(has_sessions(gap) for gap in gaps) else both


class MarketMemory:
    """All series that were asked for, each behind a lock of its own.

    Args:
        store: where bars are kept.
        counters: told of every read of bars.
        clock: the present moment.
        room: for the bars of all memories of this process.
    """

    def __init__(self, store: MarketStore, counters: DataCounters, clock: Clock, room: BarRoom) -> None:
        self._store = store
        self._room = room
        self._counters = counters
        self._clock = clock
        self._series: dict[tuple[str, Timeframe], tuple[Lock, Series]] = {}
        self._opening = Lock()

    @contextmanager
    def series(self, symbol: str, timeframe: Timeframe) -> Iterator[Series]:
        """A series with fresh coverage; threads that ask for the same one wait for each other."""
        with self._opening:
            made = (Lock(), Series(symbol, timeframe, self._store, self._counters, self._room))
            lock, series = self._series.setdefault((symbol, timeframe), made)
        with lock:
            series.refresh(self._clock())
            yield series

    def forget(self, symbol: str | None) -> None:
        """Forget one symbol, or everything."""
        with self._opening:
            known = [both for (name, _), both in self._series.items() if symbol in (None, name)]
        for lock, series in known:
            with lock:
                series.forget()
