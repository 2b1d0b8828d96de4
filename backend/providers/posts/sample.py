"""Synthetic posts, so that everything runs without a network: made by rule from a seed, blind to prices."""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zlib import crc32

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.errors import DataUnavailable
from backend.domain.periods import Period
from backend.domain.sentiment import Channel, Post
from backend.providers.posts.sample_texts import VOICES, Voice, write_text

SEED = 20260301
LAST_DAY = date(2013, 3, 1)
FIRST_DAYS = {
    "AAPL": date(2000, 2, 28),
    "FB": date(2012, 5, 16),
    "GOOG": date(2004, 8, 17),
    "IBM": date(2000, 2, 28),
    "MSFT": date(2000, 2, 28),
}
"""Two days before the first session of the sample prices, so that its evening posts are there."""

SPAN_OF_DAY = ((0.0, 0), (0.12, 9), (0.25, 13), (0.72, 20), (0.78, 21), (1.0, 24))
"""Share of posts written before an hour in UTC: half of them while the exchange is open, a fifth in the evening."""

POSTS_ON_A_WORKDAY = 3.0
POSTS_ON_A_FREE_DAY = 1.0
REPEATED_SHARE = 0.08
AUTHORS = 240


@dataclass(frozen=True)
class _Series:
    """The posts of one symbol and channel; ``voice`` is how people write there."""

    symbol: str
    channel: Channel
    voice: Voice


class SamplePosts:
    """A few posts a day about each sample symbol; the same on every machine, whatever period is asked for."""

    name = "sample"
    notice = (
        "The posts are synthetic samples, made up by rule and blind to prices: they show how it works, not an edge."
    )

    def span(self, symbol: str, channel: Channel) -> Period | None:
        """Days with posts; None for another symbol or channel."""
        if symbol not in FIRST_DAYS or channel not in VOICES:
            return None
        return Period(start=FIRST_DAYS[symbol], end=LAST_DAY)

    def fetch(self, symbol: str, channel: Channel, period: Period) -> Sequence[Post]:
        """Posts of the days of ``period`` within the span, ascending.

        Raises:
            DataUnavailable: another symbol or channel.
        """
        span = self.span(symbol, channel)
        if span is None:
            raise DataUnavailable(
                f"There are no sample posts of {channel} about {symbol}.",
                f"there are some of {', '.join(VOICES)} about {', '.join(FIRST_DAYS)}",
            )
        first, last = max(period.start, span.start), min(period.end, span.end)
        series = _Series(symbol, channel, VOICES[channel])
        months = (_month(series, year, month) for year, month in _months(first, last))
        return [post for posts in months for post in posts if first <= post.created_at.date() <= last]


def _months(first: date, last: date) -> Iterator[tuple[int, int]]:
    for index in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield index // 12, index % 12 + 1


def _month(series: _Series, year: int, month: int) -> list[Post]:
    """Each month has a random stream of its own, so that a part equals the same part of the whole."""
    identity = [crc32(part.encode()) for part in (series.symbol, series.channel)]
    rng = np.random.default_rng([SEED, *identity, year, month])
    seconds = _seconds(rng, date(year, month, 1), series.voice.frequency)
    feelings = _mood(identity[0], date(year, month, 1), seconds) + 0.7 * rng.standard_normal(seconds.size)
    picks = rng.random((seconds.size, 8))
    midnight = datetime(year, month, 1, tzinfo=UTC)
    posts: list[Post] = []
    for number, (second, feeling, pick) in enumerate(
        zip(seconds.tolist(), feelings.tolist(), picks.tolist(), strict=True)
    ):
        repeated = bool(posts) and pick[0] < REPEATED_SHARE
        text = (
            posts[int(pick[1] * len(posts))].text
            if repeated
            else write_text(series.voice, series.symbol, feeling, pick[2:])
        )
        posts.append(
            Post(
                id=f"sample_{series.channel}_{series.symbol}_{year}{month:02d}_{number}",
                symbol=series.symbol,
                channel=series.channel,
                created_at=midnight + timedelta(seconds=second),
                author=f"sample_author_{int(pick[1] ** 2 * AUTHORS)}",
                text=text,
            )
        )
    return posts


def _seconds(rng: np.random.Generator, first: date, frequency: float) -> Floats:
    """Moments of a month in seconds since its start, ascending: more on workdays and while the exchange is open."""
    days = calendar.monthrange(first.year, first.month)[1]
    weekday = (first.weekday() + np.arange(days)) % 7
    expected = np.where(weekday < 5, POSTS_ON_A_WORKDAY, POSTS_ON_A_FREE_DAY) * frequency
    day = np.repeat(np.arange(days), np.floor(expected + rng.random(days) * 2 - 0.5).astype(np.int64).clip(0))
    shares, hours = zip(*SPAN_OF_DAY, strict=True)
    moments = day * 86_400.0 + np.interp(rng.random(day.size), shares, hours) * 3_600
    return np.sort(np.floor(moments))


def _mood(identity: int, first: date, seconds: Floats) -> Floats:
    """A slow wave of opinion about a symbol, shared by its channels."""
    day = first.toordinal() + seconds / 86_400
    phases = [(identity >> shift) % 97 / 97 for shift in (0, 8, 16)]
    waves = [
        np.sin(2 * np.pi * (day / length + phase)) for length, phase in zip((11.0, 47.0, 260.0), phases, strict=True)
    ]
    return np.asarray(0.35 * np.sum(waves, axis=0), dtype=np.float64)
