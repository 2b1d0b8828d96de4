"""Markets as files that a user would import, built so that one stretch can be swapped and nothing else."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from backend.bootstrap import Application
from backend.domain.arrays import Floats
from backend.domain.bars import Bars
from backend.engine.calendar import trading_calendar
from tests.agents.sessions import application
from tests.samples import aapl_bars

SYMBOL = "TWIN"
"""Real AAPL prices under a name that no other source knows."""
FIRST, LAST = date(2004, 1, 2), date(2007, 12, 31)
PHRASES = ("strong beat, upgrade", "great quarter", "nothing new", "weak guidance, downgrade", "terrible loss")


@dataclass(frozen=True)
class Message:
    """A post as a line of a file."""

    id: str
    at: datetime
    text: str


@dataclass(frozen=True, eq=False)
class Market:
    """Daily prices (open, high, low, close; shape (4, S)) with volume, and posts on reddit."""

    session: Sequence[date]
    prices: Floats
    volume: Floats
    posts: tuple[Message, ...]

    def with_other_future(self, border: date, seed: int) -> "Market":
        """The same up to ``border``; after it other prices, crashes included, other volumes, other words."""
        rng = np.random.default_rng(seed)
        later = np.array([day > border for day in self.session])
        moves = np.where(later, rng.normal(0.0, 0.08, later.size), 0.0)
        moves[np.flatnonzero(later)[[40, 200]]] = np.log([0.5, 2.0])  # what looks like splits
        posts = tuple(
            replace(post, text=f"{PHRASES[rng.integers(len(PHRASES))]} {post.id}") if post.at.date() > border else post
            for post in self.posts
        )
        prices = self.prices * np.exp(np.cumsum(moves))
        volume = np.where(later, self.volume * rng.uniform(0.1, 9.0, later.size), self.volume)
        return Market(self.session, prices, np.floor(volume), posts)

    def scaled(self, factor: float) -> "Market":
        """The same market in another currency."""
        return Market(self.session, self.prices * factor, self.volume, self.posts)

    def upside_down(self) -> "Market":
        """What falls when this market rises: the reciprocal of every price."""
        opens, highs, lows, closes = 1e4 / self.prices
        return Market(self.session, np.stack([opens, lows, highs, closes]), self.volume, self.posts)


def twin(posts_a_day: int = 2) -> Market:
    """AAPL from 2004 to 2007, with posts at all hours that know nothing."""
    bars = _between(aapl_bars(), FIRST, LAST)
    rng = np.random.default_rng(5)
    days: list[date] = bars.session.astype(object).tolist()
    midnights = [datetime.combine(day, datetime.min.time(), UTC) for day in days]
    seconds = rng.integers(0, 86_400, (len(days), posts_a_day))
    posts = tuple(
        Message(f"p{row}_{number}", midnight + timedelta(seconds=int(second)), f"{_phrase(rng)} {row}_{number}")
        for row, midnight in enumerate(midnights)
        for number, second in enumerate(seconds[row])
    )
    prices = np.stack([bars.open, bars.high, bars.low, bars.close])
    return Market(days, prices, np.floor(bars.volume), posts)


def import_market(app: Application, folder: Path, market: Market, symbol: str = SYMBOL) -> Application:
    """Bring the market into the application as two files."""
    prices, posts = folder / f"{symbol}.csv", folder / f"{symbol}.jsonl"
    rows = [
        f"{symbol},{day}," + ",".join(repr(float(value)) for value in (*market.prices[:, row], market.volume[row]))
        for row, day in enumerate(market.session)
    ]
    prices.write_text("\n".join(["ticker,date,open,high,low,close,volume", *rows]))
    posts.write_text(
        "\n".join(
            json.dumps(
                {"id": p.id, "created_at": p.at.isoformat(), "ticker": symbol, "source": "reddit", "text": p.text}
            )
            for p in market.posts
        )
    )
    app.imports.import_prices(str(prices), accept_jumps=True)
    if market.posts:
        app.imports.import_posts(str(posts))
    return app


def imported(folder: Path, market: Market, symbol: str = SYMBOL) -> Application:
    """An application whose store holds nothing but this market."""
    folder.mkdir(parents=True, exist_ok=True)
    return import_market(application(folder), folder, market, symbol)


def _between(bars: Bars, first: date, last: date) -> Bars:
    calendar = trading_calendar(first, last).sessions
    kept = np.flatnonzero(np.isin(bars.session, calendar))
    return bars.window(int(kept[0]), int(kept[-1]) + 1)


def _phrase(rng: np.random.Generator) -> str:
    return PHRASES[int(rng.integers(len(PHRASES)))]
