"""Finds who has the posts of a symbol and channel, and turns them into scored posts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import structlog

from backend.domain.arrays import Bools
from backend.domain.errors import DataUnavailable, SourceAway, Unavailable
from backend.domain.moments import instants_of
from backend.domain.periods import Period
from backend.domain.ports import PostCollector, PostSource, PostSpan, PostStore, Scorer
from backend.domain.post_keys import author_key, text_key
from backend.domain.sentiment import CHANNELS, Channel, Post, ScoredPosts, SentimentDataset
from backend.domain.sources import IMPORTED
from backend.domain.stretches import joined
from backend.engine.calendar import TradingCalendar, trading_calendar
from backend.services.counters import DataCounters
from backend.services.post_reach import Files, FirstToLast, Reach, Seen, WholeDays, days_of

Spans = Sequence[PostSpan]
"""What the store holds of one symbol and channel, by provider; those of others are passed over."""

log = structlog.get_logger(__name__)

ARCHIVE = "an unofficial archive of Reddit, arctic_shift, offers dumps that can be imported as a file"


@dataclass(frozen=True)
class Holding:
    """The posts that one provider has of a symbol and channel.

    Attributes:
        days: first and last day, in UTC.
        reach: the sessions of which it knows every post.
        available_posts: how many are stored; None for a source that is asked for them.
        notices: what must be said about them.
    """

    source: PostSource
    symbol: str
    channel: Channel
    days: Period
    reach: Reach
    available_posts: int | None
    notices: tuple[str, ...] = ()

    @property
    def collected(self) -> bool:
        """Whether visits of a collector brought the posts, so that nothing is known before the first."""
        return isinstance(self.reach, Seen)

    @property
    def parts(self) -> str:
        """The days that it has, in words; several files need not follow each other."""
        stretches = self.reach.stretches if isinstance(self.reach, Files) else ()
        return " and ".join(map(str, joined(days_of([ends]) for ends in stretches))) or str(self.days)

    def answers_for(self, calendar: TradingCalendar, posts: ScoredPosts) -> Bools:
        """Sessions of which no post is missing, given all posts of their days; shape (S,)."""
        return self.reach.answers_for(calendar, posts)

    def serves(self, period: Period) -> bool:
        """Whether it knows posts of ``period``; what was collected serves no period that begins before it."""
        if isinstance(self.reach, Files):
            return bool(self._told_for(period.start, period.end).any())
        return self.days.overlaps(period) and not (self.collected and period.start < self.days.start)

    def unchanged_since(self, dataset: SentimentDataset) -> bool:
        """Whether nothing has come that a dataset made of it would have to know: posts, or sessions without any."""
        if dataset.metadata.available_posts != self.available_posts:
            return False
        if not isinstance(self.reach, Seen | Files):
            return True
        return np.array_equal(dataset.days.fetched, self._told_for(dataset.start, dataset.end))

    def _told_for(self, start: date, end: date) -> Bools:
        """Sessions between two days that it answers for by its stretches alone."""
        return self.answers_for(trading_calendar(start, end), as_arrays([], []))


class Posts:
    """Posts and their scores, from the store or a source.

    Args:
        store: raw posts and scores.
        sources: in the order in which they are asked; the first that serves the period is chosen.
        scorer: turns texts into numbers.
        collectors: those of the sources that have no past.
    """

    def __init__(
        self, store: PostStore, sources: Sequence[PostSource], scorer: Scorer, collectors: Sequence[PostCollector] = ()
    ) -> None:
        self._store = store
        self._sources = tuple(sources)
        self._scorer = scorer
        self._collectors = {(collector.name, collector.channel): collector for collector in collectors}

    @property
    def scorer(self) -> str:
        """Name and version, as datasets record it."""
        return f"{self._scorer.name}/{self._scorer.version}"

    def spans(self, symbol: str, channel: Channel) -> Spans:
        """What the store holds of a symbol and channel, read for whoever does not have it at hand."""
        return [span for span in self._store.post_spans() if (span.symbol, span.channel) == (symbol, channel)]

    def choose(self, symbol: str, channel: Channel, period: Period, spans: Spans) -> Holding:
        """The first provider that serves ``period``; ``spans`` are those of the symbol and channel.

        Raises:
            DataUnavailable: nobody does; says which channels there are, or that there is no past.
        """
        holdings = self._holdings(symbol, channel, spans)
        for holding in holdings:
            if holding.serves(period):
                return _with_notices(holding, holdings)
        raise self._nobody(symbol, channel, period, holdings)

    def holding(self, provider: str, symbol: str, channel: Channel, spans: Spans) -> Holding:
        """What a named provider has.

        Raises:
            DataUnavailable: it has nothing, or is not in use.
        """
        for holding in self._holdings(symbol, channel, spans):
            if holding.source.name == provider:
                return holding
        raise DataUnavailable(
            f"{provider} has no {channel} posts about {symbol} any more.",
            f"put {provider} among the sources of posts, or start a new session",
        )

    def scored(self, holding: Holding, days: Period, counters: DataCounters, *, keep: bool) -> ScoredPosts:
        """The posts stamped on ``days`` with their scores; those of a source are stored if ``keep``.

        Raises:
            SourceAway: the source did not give them.
        """
        if holding.available_posts is not None:
            return self.stored(holding, days, counters, keep=keep)
        counters.source_calls += 1
        posts = _fetched(holding, days)
        scores = self._score([post.text for post in posts], counters)
        if keep:
            self._keep(holding, [post.id for post in posts], scores, posts)
        return as_arrays(posts, scores)

    def stored(self, holding: Holding, days: Period, counters: DataCounters, *, keep: bool) -> ScoredPosts:
        """The stored posts stamped on ``days``; those without a score are scored, and it is stored if ``keep``."""
        counters.data_reads += 1
        known = self._store.read_scored(holding.source.name, holding.symbol, holding.channel, days, self.scorer)
        if not known.rows:
            return known.posts
        scores = self._score(known.texts, counters)
        if keep:
            self._keep(holding, known.ids, scores)
        sentiment = known.posts.sentiment.copy()
        sentiment[list(known.rows)] = scores
        return replace(known.posts, sentiment=sentiment)

    def _holdings(self, symbol: str, channel: Channel, spans: Spans) -> tuple[Holding, ...]:
        there = {span.provider: span for span in spans if (span.symbol, span.channel) == (symbol, channel)}
        found = (self._holding(source, symbol, channel, there.get(source.name)) for source in self._sources)
        return tuple(holding for holding in found if holding is not None)

    def _holding(self, source: PostSource, symbol: str, channel: Channel, span: PostSpan | None) -> Holding | None:
        days = source.span(symbol, channel)
        if days is not None:
            return Holding(source, symbol, channel, days, WholeDays(days), available_posts=None)
        if span is None:
            return None
        days = days_of(span.seen) if span.seen else Period(start=span.start, end=span.end)
        reach = _reach(span, days, live=(source.name, channel) in self._collectors)
        return Holding(source, symbol, channel, days, reach, available_posts=span.posts)

    def _score(self, texts: Sequence[str], counters: DataCounters) -> list[float]:
        counters.posts_scored += len(texts)
        scores: list[float] = self._scorer.score(texts).tolist()
        return scores

    def _keep(self, holding: Holding, ids: Sequence[str], scores: Sequence[float], posts: Sequence[Post] = ()) -> None:
        """Store posts and scores; if that fails nothing is lost, since the source has the ones and gives the others."""
        name, by_id = holding.source.name, dict(zip(ids, scores, strict=True))
        if not by_id:
            return
        try:
            if posts:
                self._store.write_posts(name, posts)
            self._store.write_scores(name, holding.symbol, holding.channel, self.scorer, by_id)
        except Unavailable as error:
            log.info("posts.not_stored", provider=name, symbol=holding.symbol, reason=error.message)

    def _nobody(self, symbol: str, channel: Channel, period: Period, holdings: Sequence[Holding]) -> DataUnavailable:
        there = ", ".join(f"{h.source.name} {h.parts}" for h in holdings)
        others = [c for c in CHANNELS if c != channel and self._served(symbol, c, period)]
        known = f"channels with posts: {', '.join(others)}" if others else f"no channel has posts about {symbol}"
        asked = f"{channel} posts about {symbol} from {period.start} to {period.end}"
        why = f"there are: {there}" if there else "none were imported, and no source in use has any"
        how = f"leave the channel out: `--without {channel}`; "
        how += f"or import a file: `backproof data import posts FILE --channel {channel}`"
        for source in self._sources:
            if live := self._collectors.get((source.name, channel)):
                sentence = f"{live.no_history(_first_day(source, holdings))}: import a file, or leave the channel out."
                return DataUnavailable(sentence, f"{how}; asked for were {asked}; {why}; {ARCHIVE}; {known}")
        return DataUnavailable(
            f"There are no {asked}: {why}.",
            f"{how}; {known}",
        )

    def _served(self, symbol: str, channel: Channel, period: Period) -> bool:
        return any(holding.serves(period) for holding in self._holdings(symbol, channel, self.spans(symbol, channel)))


def _reach(span: PostSpan, days: Period, *, live: bool) -> Reach:
    if span.provider == IMPORTED and span.seen:
        return Files(span.seen)
    return Seen(span.seen) if live or span.seen else FirstToLast(days)


def _fetched(holding: Holding, days: Period) -> Sequence[Post]:
    try:
        return holding.source.fetch(holding.symbol, holding.channel, days)
    except Unavailable as error:
        raise SourceAway(error.message, error.hint) from error


def _first_day(source: PostSource, holdings: Sequence[Holding]) -> date | None:
    return next((holding.days.start for holding in holdings if holding.source is source), None)


def as_arrays(posts: Sequence[Post], scores: Sequence[float]) -> ScoredPosts:
    """Posts and their scores as columns, ascending by time, then id."""
    rows = sorted(zip(posts, scores, strict=True), key=lambda row: (row[0].created_at, row[0].id))
    return ScoredPosts.of(
        instants_of(post.created_at for post, _ in rows),
        [score for _, score in rows],
        [text_key(post.text) for post, _ in rows],
        [author_key(post.author) for post, _ in rows],
        [post.date_only for post, _ in rows],
    )


def _with_notices(chosen: Holding, holdings: Sequence[Holding]) -> Holding:
    """The holding with the notice of its source, and with those named that come first but do not serve the period."""
    who = f"{chosen.channel} posts about {chosen.symbol}"
    notices = [f"{who} come from {chosen.source.name}. {chosen.source.notice}"] if chosen.source.notice else []
    for passed_over in holdings[: holdings.index(chosen)]:
        why = "begin after the period does" if passed_over.collected else "lie outside the period"
        notices.append(f"{who} of {passed_over.source.name} {why}: {passed_over.parts}.")
    return replace(chosen, notices=tuple(f"{notice[0].upper()}{notice[1:]}" for notice in notices))
