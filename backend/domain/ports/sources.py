"""What brings outside data: prices, posts, files, and the scorer that turns texts into numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from backend.domain.arrays import Floats
from backend.domain.bars import Bars
from backend.domain.collection import Newest
from backend.domain.periods import Period
from backend.domain.sentiment import Channel, Post
from backend.domain.timeframes import Timeframe


class PriceSource(Protocol):
    """Where bars come from."""

    name: str

    remote: bool
    """Whether a fetch asks somebody outside this machine; such a source may be away."""

    def symbols(self) -> tuple[str, ...]:
        """Symbols it is known to serve; empty where that cannot be listed."""

    def span(self, symbol: str, timeframe: Timeframe) -> Period | None:
        """The sessions it may serve, answered without asking anybody; None when it does not know the symbol.

        A remote source names its longest reach; what is not there after all (a later listing, an unknown symbol) shows
        when it is fetched.
        """

    def longest_request(self, timeframe: Timeframe) -> int | None:
        """Days that one fetch may ask for; None without a limit."""

    def fetch(self, symbol: str, timeframe: Timeframe, period: Period) -> Bars:
        """Every finished bar within ``period``, perhaps none.

        Raises:
            DataUnavailable: it does not know the symbol, or cannot serve the timeframe or period; says which.
            Unavailable: it does not answer now, after the retries that are fit for it.
        """


class PostSource(Protocol):
    """Where posts come from."""

    name: str
    notice: str
    """What every user of its posts must be told, e.g. that they are synthetic; may be empty."""

    def span(self, symbol: str, channel: Channel) -> Period | None:
        """The days it can serve completely; None when it has nothing for this symbol and channel."""

    def fetch(self, symbol: str, channel: Channel, period: Period) -> Sequence[Post]:
        """Every post stamped on the days of ``period``. Raises DataUnavailable."""


class PostCollector(Protocol):
    """A live source of posts without history: it shows the newest ones, and time does the rest."""

    name: str
    channel: Channel

    def no_history(self, since: date | None) -> str:
        """What to tell whoever asks for posts before ``since``, the first day collected; None when there is none yet.

        Without a full stop, for it is followed by what can be done.
        """

    def newest(self, symbol: str, seen_at: datetime) -> Newest:
        """The newest posts about ``symbol``, first seen at ``seen_at``.

        Raises:
            DataUnavailable: it is not set up, e.g. because a key is missing; says which.
            Unavailable: it does not answer now.
        """


@dataclass(frozen=True)
class FileTable:
    """The rows of a file as they are written: texts, numbers, dates, lists or None.

    Attributes:
        columns: values by column name, all of the same length.
        lines: where each row stands in the file, from 1.
        unreadable: lines that are no row, with the reason.
    """

    columns: Mapping[str, Sequence[Any]]
    lines: Sequence[int]
    unreadable: Sequence[tuple[int, str]] = ()


class ReadTable(Protocol):
    """Reads a CSV, JSONL or Parquet file."""

    def __call__(self, path: str, name: str | None = None) -> FileTable:
        """Every row of the file; errors call it by its name, which is its path unless stated.

        Raises:
            NotFound: there is no such file.
            InvalidInput: it is empty, damaged, too large, or in none of the formats.
        """


class Scorer(Protocol):
    """Turns texts into numbers."""

    name: str
    version: str

    def score(self, texts: Sequence[str]) -> Floats:
        """Sentiment of each text in [-1, 1], 0 for neutral; shape (len(texts),)."""
