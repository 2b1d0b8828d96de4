"""Generated bars and posts as sources that count what is asked of them; seeded, so the same on every machine."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product
from zlib import crc32

import numpy as np

from backend.domain.arrays import Dates, Instants
from backend.domain.bars import Bars
from backend.domain.moments import period_of, rows_within
from backend.domain.periods import Period
from backend.domain.sentiment import Channel, Post
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar

SEED = 20_240_101
SYMBOLS = ("ALFA", "BRVO", "CHRL", "DELT", "ECHO")
CHANNELS: tuple[Channel, ...] = ("reddit", "twitter", "stocktwits")
SOURCE = "generated"

DAYS, MINUTES = 8_800, 65_000
"""35 years of daily bars, and two thirds of a year of one-minute bars."""
HISTORY = Period(start=date(1990, 1, 2), end=date(2024, 12, 31))
MINUTE_SESSIONS = Period(start=date(2024, 1, 2), end=date(2024, 10, 1))

POST_DAYS = Period(start=date(1999, 12, 1), end=date(2013, 3, 1))
POSTS_A_DAY = 0.7
PHRASES = (
    "beats estimates and raises guidance",
    "misses estimates, shares fall",
    "is upgraded to buy",
    "cuts its outlook after weak demand",
    "announces a new product next week",
    "loss narrowed, I am holding my calls",
)


@dataclass
class Questions:
    """What a source was asked: how often, and for how many days."""

    calls: int = 0
    days: int = 0

    def add(self, period: Period) -> None:
        """Count one fetch."""
        self.calls += 1
        self.days += (period.end - period.start).days + 1


@dataclass
class GeneratedPrices:
    """The PriceSource port over random walks, with the manners of a remote source."""

    asked: Questions = field(default_factory=Questions)
    name: str = SOURCE
    remote: bool = True

    def symbols(self) -> tuple[str, ...]:
        """All that have bars."""
        return SYMBOLS

    def span(self, symbol: str, timeframe: Timeframe) -> Period | None:
        """The whole history of daily bars."""
        return HISTORY if symbol in SYMBOLS and timeframe is Timeframe.DAY else None

    def longest_request(self, timeframe: Timeframe) -> int | None:  # noqa: ARG002 - the port names it
        """No limit."""
        return None

    def fetch(self, symbol: str, timeframe: Timeframe, period: Period) -> Bars:  # noqa: ARG002 - the port names it
        """The bars of ``period``."""
        self.asked.add(period)
        bars = daily_bars(symbol)
        rows = rows_within(bars.session, period)
        return bars.window(rows.start, rows.stop)


@dataclass
class GeneratedPosts:
    """The PostSource port over made-up sentences."""

    asked: Questions = field(default_factory=Questions)
    name: str = SOURCE
    notice: str = ""

    def span(self, symbol: str, channel: Channel) -> Period | None:
        """Every day with posts."""
        return POST_DAYS if symbol in SYMBOLS and channel in CHANNELS else None

    def fetch(self, symbol: str, channel: Channel, period: Period) -> Sequence[Post]:
        """The posts of the days of ``period``, ascending."""
        self.asked.add(period)
        posts = _posts(symbol, channel)
        first = bisect_left(posts, period.start, key=_day)
        return posts[first : bisect_right(posts, period.end, key=_day)]


@cache
def daily_bars(symbol: str) -> Bars:
    """``DAYS`` daily bars of a symbol."""
    calendar = trading_calendar(HISTORY.start, HISTORY.end)
    rows = slice(len(calendar) - DAYS, None)
    return _walk(symbol, Timeframe.DAY, calendar.sessions[rows], calendar.opens[rows], calendar.closes[rows])


def draw_all() -> None:
    """Make everything that sessions ask for, so that no session is charged for it."""
    daily_bars(SYMBOLS[0])
    for symbol, channel in product(SYMBOLS, CHANNELS):
        _posts(symbol, channel)


def minute_bars(symbol: str) -> Bars:
    """``MINUTES`` one-minute bars of a symbol."""
    calendar = trading_calendar(MINUTE_SESSIONS.start, MINUTE_SESSIONS.end)
    minute = np.timedelta64(60, "s")
    counts = (calendar.closes - calendar.opens) // minute
    starts = [opened + minute * np.arange(count) for opened, count in zip(calendar.opens, counts, strict=True)]
    session: Dates = np.repeat(calendar.sessions, counts)[:MINUTES]
    start: Instants = np.concatenate(starts)[:MINUTES]
    end: Instants = start + minute
    return _walk(symbol, Timeframe.MINUTE, session, start, end)


def covered(bars: Bars) -> Period:
    """The sessions from the first to the last bar."""
    return period_of(bars.session)


def _walk(symbol: str, timeframe: Timeframe, session: Dates, start: Instants, end: Instants) -> Bars:
    draws, size = np.random.default_rng([SEED, crc32(symbol.encode())]), session.size
    close = 100 * np.exp(np.cumsum(draws.normal(0.0, 0.005, size)))
    opened = close * np.exp(draws.normal(0.0, 0.002, size))
    reach = np.exp(np.abs(draws.normal(0.0, 0.003, size)))
    return Bars(
        symbol=symbol,
        timeframe=timeframe,
        session=session.copy(),
        start=start.copy(),
        end=end.copy(),
        open=opened,
        high=np.maximum(opened, close) * reach,
        low=np.minimum(opened, close) / reach,
        close=close,
        volume=np.floor(draws.uniform(1e5, 1e7, size)),
        source=SOURCE,
    )


@cache
def _posts(symbol: str, channel: Channel) -> list[Post]:
    draws = np.random.default_rng([SEED, crc32(symbol.encode()), crc32(channel.encode())])
    days = (POST_DAYS.end - POST_DAYS.start).days + 1
    seconds = np.sort(draws.integers(0, days * 86_400, int(days * POSTS_A_DAY))).tolist()
    phrases = draws.integers(0, len(PHRASES), len(seconds)).tolist()
    midnight = datetime.combine(POST_DAYS.start, datetime.min.time(), UTC)
    return [
        Post(
            id=f"{channel}_{symbol}_{number}",
            symbol=symbol,
            channel=channel,
            created_at=midnight + timedelta(seconds=second),
            author=f"author_{second % 240}",
            text=f"{symbol} {PHRASES[phrase]} ({number})",
        )
        for number, (second, phrase) in enumerate(zip(seconds, phrases, strict=True))
    ]


def _day(post: Post) -> date:
    return post.created_at.date()
