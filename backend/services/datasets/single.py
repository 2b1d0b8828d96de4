"""Records of single sessions: asked for one by one, kept by themselves, and taken into datasets later."""

import structlog

from backend.domain.errors import InvalidInput, Unavailable
from backend.domain.moments import period_of, rows_within, session_date
from backend.domain.ports import Clock, DatasetStore
from backend.domain.sentiment import Channel, SentimentDay
from backend.engine.calendar import TradingCalendar
from backend.services.counters import DataCounters
from backend.services.datasets.building import Circumstances, Wanted, calendar_of, daily_records, new_version
from backend.services.datasets.days import contradiction, record_of_day, usable
from backend.services.datasets.fetching import PostFetching
from backend.services.datasets.gaps import find_gaps
from backend.services.datasets.known import KnownDatasets, KnownSeries
from backend.services.posts import Holding

log = structlog.get_logger(__name__)


class SingleSessions:
    """Records of one session each, from memory, the store or a source.

    Args:
        known: newest versions of datasets, which hold most of them.
        store: the others.
        fetching: gives the posts of a session that nobody has summed up yet.
        work: told of reads, and when a record was made.
    """

    def __init__(
        self, known: KnownDatasets, store: DatasetStore, fetching: PostFetching, work: tuple[DataCounters, Clock]
    ) -> None:
        self._known = known
        self._store = store
        self._fetching = fetching
        self._counters, self._clock = work

    def get(self, wanted: Wanted) -> SentimentDay:
        """The record of the one session of ``wanted``; a new one is kept unless its posts could not be fetched.

        Raises:
            DataUnavailable: nobody has posts of that day.
        """
        calendar = calendar_of(wanted.period)
        series = self._known.series(wanted.owner, wanted.symbol, wanted.channel)
        with series.building:
            holding = self._fetching.posts.choose(wanted.symbol, wanted.channel, wanted.period, series.spans)
            found = _of_version(series, holding, calendar) or self._kept(wanted, series, holding, calendar)
            if found is None:
                found = self._made(wanted, holding, calendar)
                if found.failed_reason is None:
                    series.days[holding.source.name, found.session] = found
                    self._keep(wanted, holding, found)
            return found

    def put(self, owner: str, symbol: str, channel: Channel, provider: str, day: SentimentDay) -> None:
        """Insert or replace a record.

        Raises:
            InvalidInput: another scorer made it than the one in use, or it contradicts itself.
            Unavailable: the store does not answer.
        """
        scorer = self._fetching.posts.scorer
        if day.scorer != scorer:
            raise InvalidInput(
                f"The record of {day.session} was made by {day.scorer}, not by {scorer}.", "score its posts anew"
            )
        if wrong := contradiction(day):
            raise InvalidInput(f"The record of {day.session} cannot be right: {wrong}.", "make it from its posts")
        self._store.write_days(owner, symbol, channel, provider, scorer, [day])

    def within(self, wanted: Wanted, holding: Holding, calendar: TradingCalendar) -> list[SentimentDay]:
        """Kept records of the sessions of ``calendar`` that still hold, in one read."""
        self._counters.data_reads += 1
        names = (wanted.owner, wanted.symbol, wanted.channel, holding.source.name, self._fetching.posts.scorer)
        records = self._store.read_days(*names, period_of(calendar.sessions))
        return usable(records, calendar, holding.available_posts)

    def _kept(
        self, wanted: Wanted, series: KnownSeries, holding: Holding, calendar: TradingCalendar
    ) -> SentimentDay | None:
        key = (holding.source.name, session_date(calendar.sessions, 0))
        known = [series.days[key]] if key in series.days else self.within(wanted, holding, calendar)
        for record in usable(known, calendar, holding.available_posts):
            series.days[key] = record
            return record
        return None

    def _made(self, wanted: Wanted, holding: Holding, calendar: TradingCalendar) -> SentimentDay:
        fetched = self._fetching.fetch(holding, calendar, lambda _: None, keep=True)
        circumstances = Circumstances(wanted.owner, self._fetching.posts.scorer, self._clock())
        return record_of_day(new_version(holding, [daily_records(holding, calendar, fetched)], circumstances), 0)

    def _keep(self, wanted: Wanted, holding: Holding, day: SentimentDay) -> None:
        """A record that cannot be stored now is made again from its posts, whose scores are kept."""
        try:
            self.put(wanted.owner, wanted.symbol, wanted.channel, holding.source.name, day)
        except Unavailable as error:
            log.warning("sentiment.day_not_stored", symbol=wanted.symbol, session=str(day.session), why=error.message)


def _of_version(series: KnownSeries, holding: Holding, calendar: TradingCalendar) -> SentimentDay | None:
    """The record that the newest version has of the session, unless it has to be fetched (again)."""
    base = series.newest(holding.source.name, keep=False)
    if base is None or not holding.unchanged_since(base):
        return None
    rows = rows_within(base.days.session, period_of(calendar.sessions))
    if rows.stop == rows.start or find_gaps(holding, calendar, base).missing.any():
        return None
    return record_of_day(base, rows.start)
