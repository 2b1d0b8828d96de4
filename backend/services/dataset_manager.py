"""Sentiment datasets: found in memory or the store, extended from a source, stored as immutable versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import product

from backend.domain.bars import Bars
from backend.domain.errors import Conflict, Unavailable
from backend.domain.frames import Frame, SentimentColumns
from backend.domain.periods import Period
from backend.domain.ports import Clock, Progress, WaitingDatasets
from backend.domain.sentiment import (
    ALL_CHANNELS,
    Channel,
    Coverage,
    DatasetLink,
    ScoredPosts,
    SentimentDataset,
    SentimentDay,
    SentimentDays,
)
from backend.engine.calendar import trading_calendar
from backend.engine.sentiment import SentimentMeans, combine, sentiment_columns
from backend.services.cleanup import OLD_ENOUGH, Orphans, delete_orphans, find_orphans, moment_before
from backend.services.counters import DataCounters
from backend.services.datasets.assembly import DatasetAssembly
from backend.services.datasets.building import Wanted, calendar_of
from backend.services.datasets.days import SessionCoverage, states
from backend.services.datasets.delivery import DatasetDelivery, DatasetStores
from backend.services.datasets.fetching import PostFetching
from backend.services.datasets.known import KnownDatasets
from backend.services.datasets.single import SingleSessions
from backend.services.posts import Posts


@dataclass(frozen=True, eq=False)
class Prefetch:
    """The datasets of a session, by symbol and channel, and what must be said about them."""

    datasets: tuple[SentimentDataset, ...]
    notices: tuple[str, ...]


class DatasetManager:
    """Looks a dataset up in memory, then the store, then builds what is missing from posts.

    Args:
        stores: where versions are kept, and where they wait while that does not answer.
        posts: where scored posts come from.
        counters: told of every read, fetch, score and write.
        clock: when a version was made.
    """

    def __init__(self, stores: DatasetStores, posts: Posts, counters: DataCounters, clock: Clock) -> None:
        self._store = stores.datasets
        self._clock = clock
        fetching = PostFetching(posts, counters)
        self._delivery = DatasetDelivery(stores, counters)
        self._known = KnownDatasets(stores.datasets, posts.scorer, counters, clock)
        self._single = SingleSessions(self._known, stores.datasets, fetching, (counters, clock))
        self._assembly = DatasetAssembly(self._known, self._single, fetching, clock)

    def prefetch(
        self,
        owner: str,
        session_id: str | None,
        symbols: Sequence[str],
        channels: Sequence[Channel],
        period: Period,
        progress: Progress,
    ) -> Prefetch:
        """Every dataset of a session, and one atomic write for all that are new.

        Args:
            owner: whose datasets.
            session_id: the session they are linked to; None stores nothing and gives the same results.
            symbols: upper case.
            channels: a dataset for each symbol and channel.
            period: its sessions are covered by each dataset; a stored version may reach further.
            progress: told what is being done, and how much of all of it that is.

        Raises:
            DataUnavailable: nobody has posts of a symbol and channel; nothing is stored then.
            Unavailable: the posts of a symbol and channel could not be fetched at all, or neither the store nor the
                outbox can be written.
        """
        notices = list(self._delivery.start())
        found: list[SentimentDataset] = []
        pairs = list(product(symbols, channels))
        self._known.read(owner, pairs)
        for number, (symbol, channel) in enumerate(pairs, 1):
            doing = f"{channel} posts about {symbol} ({number} of {len(pairs)})"
            progress(doing)
            wanted = Wanted(owner, symbol, channel, period)
            told = partial(_tell_part, progress, doing)
            made = self._assembly.assemble(wanted, told, keep=session_id is not None)
            found.append(made.dataset)
            notices += made.notices
        if session_id is not None and found:
            notices += self._delivery.deliver(WaitingDatasets(owner, session_id, tuple(found)))
        return Prefetch(tuple(found), tuple(notices))

    def versions(self, owner: str, links: Sequence[DatasetLink]) -> tuple[SentimentDataset, ...]:
        """The very versions that a session used, whatever was imported since; from memory, or a read each.

        Raises:
            NotFound: one of them is no longer there.
        """
        self._delivery.start()
        return self._known.versions(owner, links)

    def get_or_create_dataset(self, owner: str, symbol: str, channel: Channel, period: Period) -> SentimentDataset:
        """The dataset without a session: what is stored is reused, nothing is written.

        Raises:
            DataUnavailable: nobody has posts.
            Unavailable: the posts could not be fetched at all.
        """
        self._delivery.start()
        return self._assembly.assemble(Wanted(owner, symbol, channel, period), lambda _: None, keep=False).dataset

    def create_or_update_dataset(
        self, owner: str, session_id: str, symbol: str, channel: Channel, period: Period
    ) -> SentimentDataset:
        """The dataset of one symbol and channel, stored and linked to the session; raises what ``prefetch`` does."""
        return self.prefetch(owner, session_id, [symbol], [channel], period, lambda _: None).datasets[0]

    def get_sentiment_for_date(self, owner: str, symbol: str, channel: Channel, day: date) -> SentimentDay | None:
        """The record of the session on ``day``, kept for the next time; None when the exchange is closed that day.

        Raises:
            DataUnavailable: nobody has posts of that day.
        """
        if not len(trading_calendar(day, day)):
            return None
        self._delivery.start()
        return self._single.get(Wanted(owner, symbol, channel, Period(start=day, end=day)))

    def store_sentiment_for_date(
        self, owner: str, symbol: str, channel: Channel, provider: str, day: SentimentDay
    ) -> None:
        """Keep the record of one session by itself; a later dataset takes it in instead of fetching its posts.

        Raises:
            InvalidInput: the record is of another scorer than the one in use, or contradicts itself.
            Unavailable: the store does not answer.
        """
        self._single.put(owner, symbol, channel, provider, day)

    def frame(self, bars: Bars, datasets: Sequence[SentimentDataset]) -> Frame:
        """The bars with the columns of the datasets of their symbol, and with all these channels pooled."""
        days = {dataset.channel: dataset.days for dataset in datasets if dataset.symbol == bars.symbol}
        return Frame(bars, with_pooled_channels(bars, days))

    def associate_with_bot(
        self, owner: str, session_id: str, used: Sequence[DatasetLink] | None = None
    ) -> tuple[DatasetLink, ...]:
        """The dataset versions of a session, which the bot store links in the transaction that creates the bot.

        Args:
            owner: whose session.
            session_id: the session that is saved.
            used: the versions that its results came from; None for every version that was linked to it.

        Raises:
            Unavailable: the datasets still wait on this machine, because the store cannot be written.
            Conflict: a version that was used is no longer stored.
        """
        try:
            self._delivery.flush()
        except Unavailable as error:
            if self._delivery.waits(owner, session_id):
                raise _still_waiting(session_id, error.message) from error
            raise
        if self._delivery.waits(owner, session_id):
            raise _still_waiting(session_id, "the store does not know this session")
        linked = self._store.session_datasets(owner, session_id)
        if used is None:
            return linked
        by_id = {link.id: link for link in linked}
        gone = [link for link in used if link.id not in by_id]
        if gone:
            raise Conflict(
                f"Dataset {gone[0].id} of session {session_id} is no longer stored.",
                "it was cleaned up: start the session anew, and save its bot before cleaning up",
            )
        return tuple(by_id[link.id] for link in used)

    def scored_posts(self, dataset: SentimentDataset) -> ScoredPosts:
        """The posts that a dataset was made of; scores that are stored are not made again."""
        return self._assembly.scored_posts(dataset)

    def coverage_map(self, owner: str, symbol: str, channel: Channel, period: Period) -> dict[date, SessionCoverage]:
        """What is known about each session of ``period``, without fetching anything; at most one read.

        The newest version that reaches into the period speaks for its sessions, the others are not fetched.
        """
        series = self._known.series(owner, symbol, channel)
        found = dict.fromkeys(calendar_of(period).sessions.tolist(), SessionCoverage(Coverage.NOT_FETCHED))
        for dataset in series.kept.values():
            for session, state in states(dataset.days, dataset.metadata.failures).items():
                if session in found and found[session].coverage is Coverage.NOT_FETCHED:
                    found[session] = state
        return found

    def cleanup_orphans(self, owner: str, older_than: timedelta = OLD_ENOUGH, *, apply: bool = False) -> Orphans:
        """Dataset versions of no bot and no running session; deleted only when told to ``apply``.

        A later session makes them again from their posts, with the same content.

        Raises:
            InvalidInput: the age is negative.
            Unavailable: the store does not answer.
        """
        found = find_orphans(self._store, owner, moment_before(self._clock(), older_than))
        if not apply:
            return found
        deleted = delete_orphans(self._store, owner, found)
        self._known.forget_versions(owner, {link.id for link in deleted.datasets})
        self._delivery.forget()
        return deleted

    def forget(self, symbol: str | None = None) -> None:
        """Drop what was read about a symbol, or about all, e.g. because posts about it were imported."""
        self._known.forget(symbol)


def with_pooled_channels(
    bars: Bars, days: Mapping[Channel, SentimentDays | SentimentMeans]
) -> dict[str, SentimentColumns]:
    """The columns of each channel aligned with the bars, and under ``"all"`` the channels together."""
    columns: dict[str, SentimentColumns] = {channel: sentiment_columns(bars, d) for channel, d in days.items()}
    if columns:
        columns[ALL_CHANNELS] = combine(list(columns.values()))
    return columns


def _tell_part(progress: Progress, doing: str, part: str) -> None:
    progress(f"{doing}, {part}")


def _still_waiting(session_id: str, why: str) -> Unavailable:
    return Unavailable(
        f"The datasets of session {session_id} wait on this machine and are not stored yet: {why}",
        "save the bot when the store answers again; nothing is lost until then",
    )
