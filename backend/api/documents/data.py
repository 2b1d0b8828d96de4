"""Market data, posts and imports over HTTP."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from backend.api.documents.body import Body
from backend.api.documents.bots import DatasetLine
from backend.domain.jobs import JobStatus
from backend.domain.periods import Period
from backend.domain.record import Record
from backend.domain.timeframes import Timeframe

Symbol = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, min_length=1, max_length=20)]

MOST_WARMED = 1_000


class WarmBody(Body):
    """Prices to fetch ahead of time.

    Attributes:
        start, end: first and last day; all there is where nothing is stated.
    """

    symbols: tuple[Symbol, ...] = Field(min_length=1, max_length=MOST_WARMED)
    timeframe: Timeframe = Timeframe.DAY
    start: date | None = None
    end: date | None = None

    model_config = ConfigDict(json_schema_extra={"examples": [{"symbols": ["AAPL", "MSFT"], "start": "2005-01-03"}]})


class WarmQueued(Record):
    """Prices that are being fetched; the job says how far it is, and what came of each symbol."""

    job_id: str
    status: JobStatus


class SeriesDocument(Record):
    """A stored series of bars.

    Attributes:
        covered: stretches that are complete.
    """

    symbol: str
    timeframe: Timeframe
    source: str
    start: date
    end: date
    bars: int
    covered: tuple[Period, ...]
    sessions_missing: int


class PostsDocument(Record):
    """The stored posts of one symbol, channel and provider.

    Attributes:
        seen: stretches between whose moments no post is missing.
    """

    symbol: str
    channel: str
    provider: str
    start: date
    end: date
    posts: int
    seen: tuple[tuple[datetime, datetime], ...]


class Pins(Record):
    """What a bot holds of its own: bars by their hash, dataset versions by id."""

    bot_id: str
    name: str
    symbols: tuple[str, ...]
    bars_snapshots: tuple[str, ...]
    datasets: tuple[str, ...]


class Replies(Record):
    """Recorded replies of one language model, which replays read."""

    model: str
    replies: int
    characters: int
    first: datetime
    last: datetime


class Waiting(Record):
    """Datasets of a session that could not be stored yet."""

    session_id: str
    datasets: int


class DataStatus(Record):
    """What is stored, and what waits to be stored."""

    bars: tuple[SeriesDocument, ...]
    posts: tuple[PostsDocument, ...]
    datasets: tuple[DatasetLine, ...]
    bots: tuple[Pins, ...]
    model_replies: tuple[Replies, ...]
    outbox: tuple[Waiting, ...]


class BarsDeleted(Record):
    """Bars that were deleted; null stands for every one.

    Attributes:
        before: sessions before this day.
        bars: how many.
        shared: whether fetched bars, which everybody shares, were deleted as well as imported ones.
        kept_by_bots: ids of bots that hold such bars of their own, which stay.
    """

    symbol: str | None
    timeframe: Timeframe | None
    before: date | None
    bars: int
    shared: bool
    kept_by_bots: tuple[str, ...]


class ImportFields(Record):
    """What is said beside a file.

    Attributes:
        kind: what is in it; news are posts of the channel of that name.
        symbol: of rows that name none.
        channel: of posts, whatever the file says.
        bar_stamp: whether the times of bars shorter than a day name their start or their end.
        accept_jumps: take unadjusted prices although they jump as in a split.
    """

    kind: Literal["prices", "posts", "news"]
    symbol: str | None = Field(default=None, max_length=40)
    channel: str | None = Field(default=None, max_length=40)
    bar_stamp: Literal["start", "end"] | None = None
    accept_jumps: bool = False


class Taken(Record):
    """The rows taken of one symbol; ``series`` is a timeframe or a channel."""

    symbol: str
    series: str
    start: date
    end: date
    rows: int


class Refused(Record):
    """Rows that were not taken for one reason; ``lines`` names the first of those that are wrong themselves."""

    reason: str
    rows: int
    lines: tuple[int, ...]


class Imported(Record):
    """What an import took, and what it refused.

    Attributes:
        file: the name that it was sent under.
        rows_new, rows_already_stored: of the rows taken; stored bars are replaced, stored posts stay.
    """

    file: str
    kind: Literal["prices", "posts"]
    taken: tuple[Taken, ...]
    rows_taken: int
    rows_new: int
    rows_already_stored: int
    refused: tuple[Refused, ...]
    notices: tuple[str, ...]
    rows_refused: int
