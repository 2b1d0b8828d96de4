"""Aggregation of posts: worked figures, and that nothing at or after a bar's end can reach it."""

from dataclasses import fields
from datetime import date
from statistics import mean, median, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.frames import SentimentColumns
from backend.domain.sentiment import COVERAGE_CODES, Coverage, ScoredPosts, SentimentDays
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import TradingCalendar, trading_calendar
from backend.engine.sentiment import (
    SentimentMeans,
    combine,
    daily_means,
    daily_sentiment,
    posts_before,
    sentiment_columns,
)

WEEK = (date(2012, 11, 19), date(2012, 11, 23))  # Monday .. Friday, Thanksgiving on the 22nd: four sessions
Row = tuple[str, float, int, int]


def posts_of(rows: list[Row]) -> ScoredPosts:
    """Posts from ``(created_at, sentiment, text_key, author_key)``, sorted by time."""
    ordered = sorted(rows)
    return ScoredPosts(
        created_at=np.array([row[0] for row in ordered], dtype="datetime64[s]"),
        sentiment=np.array([row[1] for row in ordered], dtype=np.float64),
        text_key=np.array([row[2] for row in ordered], dtype=np.int64),
        author_key=np.array([row[3] for row in ordered], dtype=np.int64),
        date_only=np.zeros(len(ordered), dtype=np.bool_),
    )


def codes(calendar: TradingCalendar, coverage: Coverage = Coverage.EMPTY) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    return np.full(len(calendar), COVERAGE_CODES.index(coverage), dtype=np.int8)


def bars_of(calendar: TradingCalendar, timeframe: Timeframe = Timeframe.DAY, bars_per_session: int = 1) -> Bars:
    """Bars that cut each session into equal parts; every price 1."""
    cuts = np.linspace(0, 1, bars_per_session + 1)
    length = (calendar.closes - calendar.opens).astype(np.int64)
    edges = calendar.opens[:, None] + (length[:, None] * cuts).astype("timedelta64[s]")
    size = len(calendar) * bars_per_session
    session = np.repeat(calendar.sessions, bars_per_session)
    start, end = edges[:, :-1].reshape(-1), edges[:, 1:].reshape(-1)
    ones = {name: np.ones(size) for name in ("open", "high", "low", "close", "volume")}
    return Bars(symbol="TEST", timeframe=timeframe, session=session, start=start, end=end, source="test", **ones)


def test_a_session_by_hand() -> None:
    calendar = trading_calendar(*WEEK)
    rows: list[Row] = [
        ("2012-11-20T14:00:00", 0.5, 1, 7),
        ("2012-11-20T15:00:00", 0.5, 1, 8),  # the same text again
        ("2012-11-20T16:00:00", -0.25, 2, 7),
        ("2012-11-20T17:00:00", 0.05, 3, 0),  # exactly the threshold: positive; its author is unknown
        ("2012-11-20T18:00:00", 0.04, 4, 9),
        ("2012-11-20T21:00:00", -1.0, 5, 7),  # at the close: of the next session
    ]
    days = daily_sentiment(posts_of(rows), calendar, codes(calendar))
    assert [str(s) for s in days.session] == ["2012-11-19", "2012-11-20", "2012-11-21", "2012-11-23"]
    assert days.posts.tolist() == [0, 5, 1, 0]
    assert days.unique_posts.tolist() == [0, 4, 1, 0]
    assert days.authors.tolist() == [0, 3, 1, 0]
    assert (days.positive[1], days.neutral[1], days.negative[1]) == (2, 1, 1)
    # 0.5, -0.25, 0.05, 0.04: sum 0.34; the middle two are 0.04 and 0.05
    assert days.mean[1] == pytest.approx(0.085)
    assert days.median[1] == pytest.approx(0.045)
    assert days.std[1] == pytest.approx(stdev([0.5, -0.25, 0.05, 0.04]))
    assert np.isnan([days.mean[0], days.median[0], days.std[0], days.std[2]]).all()
    assert days.mean[2] == days.median[2] == -1.0
    with_posts, empty = COVERAGE_CODES.index(Coverage.WITH_POSTS), COVERAGE_CODES.index(Coverage.EMPTY)
    assert days.coverage.tolist() == [empty, with_posts, with_posts, empty]


def test_sessions_that_were_not_fetched_stay_unknown() -> None:
    calendar = trading_calendar(*WEEK)
    coverage = codes(calendar)
    coverage[1] = COVERAGE_CODES.index(Coverage.FAILED)
    coverage[2] = COVERAGE_CODES.index(Coverage.NOT_FETCHED)
    rows: list[Row] = [("2012-11-20T14:00:00", 0.5, 1, 7), ("2012-11-21T14:00:00", 0.5, 1, 7)]
    days = daily_sentiment(posts_of(rows), calendar, coverage)
    assert days.posts.tolist() == [0, 0, 0, 0]
    columns = sentiment_columns(bars_of(calendar), days)
    assert columns.posts.tolist() == pytest.approx([0, np.nan, np.nan, 0], nan_ok=True)
    assert np.isnan(columns.mean).all()


def test_the_coverage_must_match_the_calendar() -> None:
    calendar = trading_calendar(*WEEK)
    with pytest.raises(InvalidInput, match="3 coverage codes do not match 4 sessions"):
        daily_sentiment(posts_of([]), calendar, codes(calendar)[:3])


def test_bars_beyond_the_records_are_not_fetched() -> None:
    long, short = trading_calendar(date(2012, 11, 16), date(2012, 11, 26)), trading_calendar(*WEEK)
    days = daily_sentiment(posts_of([("2012-11-20T14:00:00", 0.5, 1, 7)]), short, codes(short))
    columns = sentiment_columns(bars_of(long), days)
    assert columns.posts.tolist() == pytest.approx([np.nan, 0, 1, 0, 0, np.nan], nan_ok=True)


def test_a_bar_within_a_session_knows_the_session_before_only() -> None:
    calendar = trading_calendar(*WEEK)
    rows: list[Row] = [("2012-11-19T14:00:00", 0.25, 1, 7), ("2012-11-20T14:00:00", 0.5, 2, 7)]
    days = daily_sentiment(posts_of(rows), calendar, codes(calendar))
    columns = sentiment_columns(bars_of(calendar, Timeframe.HOUR, 2), days)
    # two bars a session: the first ends before the close, the second with it
    assert columns.mean.tolist()[:5] == pytest.approx([np.nan, 0.25, 0.25, 0.5, 0.5], nan_ok=True)


def test_channels_pool_as_if_their_posts_were_of_one() -> None:
    # first bar: posts 0.2, 0.4 and 0.9; second: one channel unknown; third: none known; fourth: both empty
    nan = np.nan
    reddit = SentimentColumns(
        np.array([0.3, 0.1, nan, nan]), np.array([stdev([0.2, 0.4]), nan, nan, nan]), np.array([2.0, 1, nan, 0])
    )
    twitter = SentimentColumns(
        np.array([0.9, nan, nan, nan]), np.array([nan, nan, nan, nan]), np.array([1.0, nan, nan, 0])
    )
    pooled = combine([reddit, twitter])
    assert pooled.posts.tolist() == pytest.approx([3, 1, nan, 0], nan_ok=True)
    assert pooled.mean.tolist() == pytest.approx([0.5, 0.1, nan, nan], nan_ok=True)
    assert pooled.std.tolist() == pytest.approx([stdev([0.2, 0.4, 0.9]), nan, nan, nan], nan_ok=True)


def test_nothing_to_pool_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no channel to combine"):
        combine([])


moments = st.integers(0, 8 * 24 * 3600 - 1).map(lambda s: str(np.datetime64("2012-11-17T00:00:00", "s") + s))
a_post = st.tuples(moments, st.floats(-1, 1), st.integers(1, 4), st.integers(0, 3))


@given(st.lists(a_post, max_size=30))
def test_every_record_agrees_with_plain_statistics(rows: list[Row]) -> None:
    calendar = trading_calendar(*WEEK)
    posts = posts_of(rows)
    days = daily_sentiment(posts, calendar, codes(calendar))
    index = calendar.session_index_of_posts(posts.created_at, posts.date_only)
    for row in range(len(calendar)):
        mine = np.flatnonzero(index == row)
        unique = list({int(posts.text_key[i]): float(posts.sentiment[i]) for i in reversed(mine)}.values())
        assert days.posts[row] == mine.size
        assert days.unique_posts[row] == len(unique) == days.positive[row] + days.neutral[row] + days.negative[row]
        assert days.authors[row] == len({int(posts.author_key[i]) for i in mine} - {0})
        if unique:
            assert days.mean[row] == pytest.approx(mean(unique), abs=1e-12)
            assert days.median[row] == pytest.approx(median(unique), abs=1e-12)
        if len(unique) > 1:
            assert days.std[row] == pytest.approx(stdev(unique), abs=1e-9)


coverages = st.lists(st.integers(0, len(COVERAGE_CODES) - 1), min_size=4, max_size=4)


@given(st.lists(a_post, max_size=30), coverages)
def test_what_bars_read_is_a_part_of_the_records(rows: list[Row], known: list[int]) -> None:
    calendar, posts, coverage = trading_calendar(*WEEK), posts_of(rows), np.array(known, dtype=np.int8)
    days, means = (made(posts, calendar, coverage) for made in (daily_sentiment, daily_means))
    for name in (*(field.name for field in fields(SentimentMeans)), "fetched"):
        np.testing.assert_array_equal(getattr(means, name), getattr(days, name), strict=True)
    assert len(means) == len(days)


@given(st.lists(a_post, max_size=30), st.lists(a_post, max_size=30), st.integers(0, 3))
def test_posts_from_a_bars_end_on_never_change_it(rows: list[Row], others: list[Row], row: int) -> None:
    calendar = trading_calendar(*WEEK)
    bars = bars_of(calendar)
    end = str(bars.end[row])
    future = [(max(moment, end), -sentiment, text, author) for moment, sentiment, text, author in others]
    changed = [r for r in rows if r[0] < end] + future

    def columns(known: list[Row]) -> SentimentColumns:
        return sentiment_columns(bars, daily_sentiment(posts_of(known), calendar, codes(calendar))).window(0, row + 1)

    before, after = columns(rows), columns(changed)
    for field in fields(SentimentColumns):
        np.testing.assert_array_equal(getattr(before, field.name), getattr(after, field.name))


@given(st.lists(a_post, max_size=30), st.integers(0, 3))
def test_records_rebuilt_at_a_moment_are_those_known_then(rows: list[Row], row: int) -> None:
    calendar = trading_calendar(*WEEK)
    posts = posts_of(rows)
    whole = daily_sentiment(posts, calendar, codes(calendar))
    rebuilt = daily_sentiment(posts_before(posts, calendar.closes[row]), calendar, codes(calendar))
    for field in fields(SentimentDays):
        np.testing.assert_array_equal(getattr(whole, field.name)[: row + 1], getattr(rebuilt, field.name)[: row + 1])
