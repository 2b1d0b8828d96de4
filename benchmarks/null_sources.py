"""Generated markets as sources of prices and posts, so that whole sessions run on them as they do on real data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable
from backend.domain.moments import session_date
from backend.domain.periods import Period
from backend.domain.sentiment import Channel, Post
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import TradingCalendar, trading_calendar
from benchmarks.null_markets import YEARLY_DRIFT, garch_noise

SYMBOL = "NULL"
FIRST, LAST = date(2000, 1, 3), date(2012, 12, 31)
"""13 years of daily bars."""
OVERNIGHT = 0.25
"""Share of a day's variance that falls between close and open."""
POSTS_A_SESSION = 4.0
USUAL_SPREAD = 0.4
"""Standard deviation of a post's sentiment on a day of usual volatility."""

Mood = Literal["none", "independent", "volatility", "leaky"]
"""What posts know: nothing at all, only how much prices moved, or the return of their own session, when it is over."""


@dataclass(frozen=True, eq=False)
class NullMarket:
    """A random walk with drift and GARCH that nothing foretells, and posts about it.

    Attributes:
        daily_return: close-to-close log returns, shape (S,).
        volatility: known before each return, shape (S,).
    """

    seed: int
    mood: Mood
    calendar: TradingCalendar
    daily_return: Floats
    volatility: Floats

    @classmethod
    def of(cls, seed: int, mood: Mood) -> "NullMarket":
        """The market of a seed; its prices do not depend on the mood of its posts."""
        calendar = trading_calendar(FIRST, LAST)
        noise, volatility = garch_noise([seed], 1, len(calendar))
        return cls(seed, mood, calendar, noise[0] + YEARLY_DRIFT / 252, volatility[0])

    def bars(self) -> Bars:
        """Bars whose open, high and low lie on one Brownian path from close to close, so no fill has an edge."""
        rng = np.random.default_rng([self.seed, 1])
        size = len(self.calendar)
        last = np.cumsum(self.daily_return)
        gap = OVERNIGHT * self.daily_return
        gap += self.volatility * np.sqrt(OVERNIGHT * (1 - OVERNIGHT)) * rng.standard_normal(size)
        rest = self.daily_return - gap
        spread = 2 * self.volatility**2 * (1 - OVERNIGHT)
        up, down = (-np.log(1 - rng.random(size)) for _ in range(2))
        opened = last - self.daily_return + gap
        logs = {
            "open": opened,
            "high": opened + (rest + np.sqrt(rest**2 + spread * up)) / 2,
            "low": opened + (rest - np.sqrt(rest**2 + spread * down)) / 2,
            "close": last,
        }
        volume = 1e6 * np.exp(0.3 * rng.standard_normal(size)) * self.volatility / self.volatility.mean()
        return Bars(
            symbol=SYMBOL,
            timeframe=Timeframe.DAY,
            session=self.calendar.sessions,
            start=self.calendar.opens,
            end=self.calendar.closes,
            volume=volume,
            source="generated",
            **{name: 100 * np.exp(log) for name, log in logs.items()},
        )

    def posts(self) -> list[Post]:
        """Posts stamped within the hours of their session, whose text is their sentiment in digits."""
        rng = np.random.default_rng([self.seed, 2])
        activity = (
            self.volatility / self.volatility.mean() if self.mood == "volatility" else np.ones(len(self.calendar))
        )
        counts = rng.poisson(POSTS_A_SESSION * activity)
        row = np.repeat(np.arange(counts.size), counts)
        feeling = USUAL_SPREAD * activity[row] * rng.standard_normal(row.size) + self.shared_feeling()[row]
        opens, closes = (moments[row].astype(np.int64) for moments in (self.calendar.opens, self.calendar.closes))
        # What moves with a session's return is known when it is over: within its last minute.
        share = 1 - rng.random(row.size) * (0.002 if self.mood == "leaky" else 1.0)
        seconds = np.minimum(opens + share * (closes - opens), closes - 1).astype(np.int64)
        return [
            Post(
                id=f"post_{number}",
                symbol=SYMBOL,
                channel="reddit",
                created_at=datetime.fromtimestamp(second, UTC),
                text=f"{value:.4f} {number}",
            )
            for number, (second, value) in enumerate(zip(seconds.tolist(), feeling.clip(-1, 1).tolist(), strict=True))
        ]

    def shared_feeling(self) -> Floats:
        """What the sentiment of every post of a session has in common, shape (S,)."""
        moved = self.daily_return / self.volatility
        return USUAL_SPREAD * moved if self.mood == "leaky" else np.zeros_like(moved)


class NullPrices:
    """The PriceSource port over one generated market."""

    name = "generated"
    remote = False

    def __init__(self, market: NullMarket) -> None:
        self._bars = market.bars()

    def symbols(self) -> tuple[str, ...]:
        """The one symbol."""
        return (SYMBOL,)

    def span(self, symbol: str, timeframe: Timeframe) -> Period | None:
        """All sessions."""
        known = symbol == SYMBOL and timeframe is Timeframe.DAY
        sessions = self._bars.session
        return Period(start=session_date(sessions, 0), end=session_date(sessions, -1)) if known else None

    def longest_request(self, timeframe: Timeframe) -> int | None:  # noqa: ARG002 - the port names it
        """No limit."""
        return None

    def fetch(self, symbol: str, timeframe: Timeframe, period: Period) -> Bars:
        """The bars of ``period``. Raises DataUnavailable for another series."""
        if self.span(symbol, timeframe) is None:
            raise DataUnavailable(f"There are no {timeframe} bars of {symbol} on this market.")
        first = np.searchsorted(self._bars.session, np.datetime64(period.start, "D"), side="left")
        stop = np.searchsorted(self._bars.session, np.datetime64(period.end, "D"), side="right")
        return self._bars.window(int(first), int(stop))


class NullPosts:
    """The PostSource port over one generated market."""

    name = "generated"
    notice = ""

    def __init__(self, market: NullMarket) -> None:
        self._posts = market.posts()

    def span(self, symbol: str, channel: Channel) -> Period | None:
        """Every day on which there could be a post."""
        return Period(start=FIRST, end=LAST) if (symbol, channel) == (SYMBOL, "reddit") else None

    def fetch(self, symbol: str, channel: Channel, period: Period) -> Sequence[Post]:
        """The posts stamped on the days of ``period``. Raises DataUnavailable for others."""
        if self.span(symbol, channel) is None:
            raise DataUnavailable(f"There are no {channel} posts about {symbol} on this market.")
        return [post for post in self._posts if period.start <= post.created_at.date() <= period.end]


class DigitScorer:
    """The Scorer port for texts that begin with their sentiment in digits."""

    name = "digits"
    version = "1"

    def score(self, texts: Sequence[str]) -> Floats:
        """The number that each text begins with."""
        return np.array([float(text.split()[0]) for text in texts])
