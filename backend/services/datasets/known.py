"""What a process knows of stored sentiment: it asks the store once for each symbol and channel, and then remembers."""

from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock

from backend.domain.errors import Unavailable
from backend.domain.ports import Clock, DatasetStore, PostSpan
from backend.domain.sentiment import Channel, DatasetLink, SentimentDataset, SentimentDay
from backend.domain.timeframes import Timeframe
from backend.services.counters import DataCounters

FRESH = timedelta(minutes=10)
"""How long memory is believed: another process may import posts or visit a live source meanwhile."""

MOST_SERIES = 200
"""Series in memory; the one that was read longest ago is dropped first. One of 13 years takes half a megabyte."""

READS_AT_ONCE = 4
"""A server works on one answer while another is on its way and a third is taken in."""


@dataclass(eq=False)
class KnownSeries:
    """One symbol and channel of an owner.

    Attributes:
        spans: posts of each provider, as they are stored.
        kept: the newest version of each provider whose posts are stored; for sessions.
        loose: the newest version of each provider that was made without a session: nothing of it is stored.
        days: records of single sessions, by provider and session.
        read_at: when spans and kept versions were read.
        building: held while a version is made, so that several threads make one.
    """

    spans: tuple[PostSpan, ...]
    kept: dict[str, SentimentDataset]
    read_at: datetime
    loose: dict[str, SentimentDataset] = field(default_factory=dict)
    days: dict[tuple[str, date], SentimentDay] = field(default_factory=dict)
    building: Lock = field(default_factory=Lock)

    def newest(self, provider: str, *, keep: bool) -> SentimentDataset | None:
        """The newest version; one of which nothing is stored does not count for a session that stores."""
        kept = self.kept.get(provider)
        return kept if keep else self.loose.get(provider, kept)

    def remember(self, dataset: SentimentDataset, *, keep: bool) -> None:
        """Make it the newest version of its provider."""
        if keep:
            self.kept[dataset.provider] = dataset
            self.loose.pop(dataset.provider, None)
        else:
            self.loose[dataset.provider] = dataset


class KnownDatasets:
    """The series of all owners, in memory from their first use on.

    Args:
        store: where versions are kept.
        scorer: name and version; versions of other scorers are none.
        counters: told of every read.
        clock: the present moment.
    """

    def __init__(self, store: DatasetStore, scorer: str, counters: DataCounters, clock: Clock) -> None:
        self._store = store
        self._scorer = scorer
        self._counters = counters
        self._clock = clock
        self._series: dict[tuple[str, str, Channel], KnownSeries] = {}
        self._reading = Lock()

    def series(self, owner: str, symbol: str, channel: Channel) -> KnownSeries:
        """From memory, or in one read; what is in memory is good enough while the store does not answer.

        Raises:
            Unavailable: the store does not answer, and nothing is in memory.
        """
        key = (owner, symbol, channel)
        with self._reading:
            self._read([key])
            return self._series[key]

    def read(self, owner: str, pairs: Iterable[tuple[str, Channel]]) -> None:
        """Read what is not in memory, each in one read; several at a time, so that a server need not wait for us.

        Raises:
            Unavailable: the store does not answer, and something is not in memory.
        """
        with self._reading:
            self._read([(owner, symbol, channel) for symbol, channel in pairs])

    def spans(self, symbol: str, channel: Channel) -> tuple[PostSpan, ...] | None:
        """What posts there are, if that was read for any owner: a store serves one."""
        found = [s for (_, *key), s in list(self._series.items()) if key == [symbol, channel]]
        return found[0].spans if found else None

    def versions(self, owner: str, links: Sequence[DatasetLink]) -> tuple[SentimentDataset, ...]:
        """The very versions that are linked, from memory or in one read each. Raises NotFound."""
        return tuple(self._version(owner, link) for link in links)

    def forget(self, symbol: str | None) -> None:
        """Drop what was read about a symbol, or about all."""
        self._drop([key for key in list(self._series) if symbol in (None, key[1])])

    def forget_versions(self, owner: str, dataset_ids: Collection[str]) -> None:
        """Drop every series with one of these versions, because they were deleted."""
        self._drop(
            [
                key
                for key, series in list(self._series.items())
                if key[0] == owner and any(d.id in dataset_ids for d in series.kept.values())
            ]
        )

    def _read(self, keys: Iterable[tuple[str, str, Channel]]) -> None:
        wanted = dict.fromkeys(keys)
        missing = [key for key in wanted if not self._is_fresh(key)]
        if not missing:
            return
        pool = ThreadPoolExecutor(READS_AT_ONCE)
        try:
            for key, found in zip(missing, pool.map(self._found, missing), strict=True):
                self._series.pop(key, None)
                self._series[key] = found
        except Unavailable:
            if any(key not in self._series for key in missing):
                raise
        finally:
            pool.shutdown(cancel_futures=True)
        spare = [key for key in self._series if key not in wanted][: max(0, len(self._series) - MOST_SERIES)]
        for key in spare:
            del self._series[key]
        self._counters.data_reads += len(missing)

    def _is_fresh(self, key: tuple[str, str, Channel]) -> bool:
        known = self._series.get(key)
        return known is not None and self._clock() - known.read_at < FRESH

    def _found(self, key: tuple[str, str, Channel]) -> KnownSeries:
        found = self._store.read_series(*key, Timeframe.DAY, self._scorer)
        return KnownSeries(found.spans, {d.provider: d for d in found.datasets}, self._clock())

    def _version(self, owner: str, link: DatasetLink) -> SentimentDataset:
        series = self._series.get((owner, link.symbol, link.channel))
        known = (*series.kept.values(), *series.loose.values()) if series else ()
        for dataset in known:
            if dataset.id == link.id:
                return dataset
        self._counters.data_reads += 1
        return self._store.load_dataset(owner, link.id)

    def _drop(self, keys: Sequence[tuple[str, str, Channel]]) -> None:
        with self._reading:
            for key in keys:
                self._series.pop(key, None)
