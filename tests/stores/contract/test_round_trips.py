"""Whatever is stored comes back as it was, to the last bit of every number."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from backend.domain.bars import Bars
from backend.domain.ledger import MarketFingerprint, Opening, TrialBatch
from backend.domain.results import PriceLine
from backend.domain.sentiment import SentimentDays
from backend.domain.timeframes import Timeframe
from backend.stores import Stores
from tests.samples import flat_bars
from tests.stores.samples import (
    EVER,
    OWNER,
    as_row,
    make_attempt,
    make_dataset,
    make_opening,
    make_post,
    make_run,
    make_session,
)

# One database serves all examples of a test: each example writes under a name of its own.
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
names = count()

PRICES = st.floats(min_value=1e-300, max_value=1e300)
ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True)
SENTIMENT = st.floats(min_value=-1, max_value=1) | st.just(np.nan)
MOMENTS = st.integers(0, 2**52).map(
    lambda microseconds: datetime(1980, 1, 1, tzinfo=UTC) + timedelta(0, 0, microseconds)
)
# A lone surrogate is no text, and records refuse it; a server refuses the character NUL.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


def column(values: list[Any], dtype: str = "float64") -> Any:
    return np.array(values, dtype=dtype)


@st.composite
def bars(draw: st.DrawFn) -> Bars:
    size = draw(st.integers(1, 12))
    days = sorted(draw(st.sets(st.integers(4_000, 60_000), min_size=size, max_size=size)))
    end = column(days, "int64").astype("datetime64[D]").astype("datetime64[s]") + np.timedelta64(75_600, "s")
    price = column(draw(st.lists(PRICES, min_size=size, max_size=size)))
    volume = column(draw(st.lists(st.floats(0, 1e300), min_size=size, max_size=size)))
    adjustment = column(draw(st.lists(st.just(1.0) | PRICES, min_size=size, max_size=size)))
    return Bars(
        symbol=f"S{next(names)}",
        timeframe=Timeframe.DAY,
        session=end.astype("datetime64[D]"),
        start=end - np.timedelta64(23_400, "s"),
        end=end,
        open=price.copy(),
        high=price * 1.5,
        low=price / 3,
        close=price.copy(),
        volume=volume,
        source="file",
        adjustment=adjustment,
    )


@st.composite
def sentiment_days(draw: st.DrawFn) -> SentimentDays:
    size = draw(st.integers(0, 12))
    days = sorted(draw(st.sets(st.integers(0, 60_000), min_size=size, max_size=size)))
    session = column(days, "int64").astype("datetime64[D]")
    counts = [column(draw(st.lists(st.integers(0, 2**62), min_size=size, max_size=size)), "int64") for _ in range(6)]
    values = [column(draw(st.lists(SENTIMENT, min_size=size, max_size=size))) for _ in range(3)]
    coverage = column(draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)), "int8")
    return SentimentDays(session, session.astype("datetime64[s]"), coverage, *counts, *values)


def unsigned(days: SentimentDays) -> SentimentDays:
    """Without the sign of zeros: a server's JSON has none, and no hash counts it."""
    return replace(days, **{name: getattr(days, name) + 0.0 for name in ("mean", "median", "std")})


@st.composite
def openings(draw: st.DrawFn) -> Opening:
    returns = column(draw(st.lists(ANY_FLOAT, max_size=12)))
    session = np.datetime64("2020-01-01", "D") + np.arange(returns.size)
    return make_opening(
        f"opn_{next(names)}",
        kind=draw(st.sampled_from(["session", "backtest", "cell", "report"])),
        symbol=draw(TEXTS),
        data_hash=f"d{next(names)}",  # equal data have one fingerprint
        fingerprint=MarketFingerprint(session, returns),
        opened_at=draw(MOMENTS),
    )


@shared
@given(bars())
def test_bars(stores: Stores, written: Bars) -> None:
    stores.market.write_bars(written, EVER)
    read = stores.market.read_bars(written.symbol, Timeframe.DAY, "file", EVER)
    assert read is not None
    assert as_row(replace(read, volume=read.volume + 0.0)) == as_row(replace(written, volume=written.volume + 0.0))
    assert read.content_hash == written.content_hash


@shared
@given(sentiment_days())
def test_datasets(stores: Stores, days: SentimentDays) -> None:
    session_id = f"ses_{next(names)}"
    stores.sessions.add_session(make_session(session_id))
    written = make_dataset(days=unsigned(days), id=f"dst_{next(names)}")
    stores.datasets.store_datasets(OWNER, session_id, [written])
    read = stores.datasets.load_dataset(OWNER, written.id)
    assert as_row(read) == as_row(written)
    assert read.content_hash == written.content_hash


@shared
@given(openings())
def test_openings(stores: Stores, written: Opening) -> None:
    stores.runs.add_run(make_run(f"run_{next(names)}"), [written])
    assert as_row(stores.ledger.list_openings(OWNER)[-1]) == as_row(written)


@shared
@given(arrays.arrays(np.float64, arrays.array_shapes(min_dims=2, max_dims=2, min_side=0), elements=ANY_FLOAT))
def test_trials(stores: Stores, sketch: Any) -> None:
    session_id = f"ses_{next(names)}"
    stores.sessions.add_session(make_session(session_id))
    written = TrialBatch(session_id, "step", len(sketch), sketch)
    stores.sessions.save_attempt(session_id, make_attempt(), written)
    (read,) = stores.sessions.list_trials(session_id)
    assert as_row(read) == as_row(written)


@shared
@given(st.builds(make_post, created_at=MOMENTS, author=TEXTS, text=TEXTS, score=st.none() | st.floats(-1e9, 1e9)))
def test_posts(stores: Stores, post: Any) -> None:
    written = post.model_copy(update={"symbol": f"S{next(names)}"})
    stores.posts.write_posts("file", [written])
    assert stores.posts.read_posts("file", written.symbol, "reddit", EVER) == (written,)


@shared
@given(
    st.lists(st.tuples(MOMENTS, *[st.floats(allow_nan=False, allow_infinity=False)] * 3), max_size=5), TEXTS, MOMENTS
)
def test_runs(
    stores: Stores, curves: list[tuple[datetime, float, float, float]], symbol: str, created_at: datetime
) -> None:
    times, *values = tuple(zip(*curves, strict=True)) or [()] * 4
    changes: dict[str, Any] = dict(zip(("equity_value", "benchmark_value", "exposure_value"), values, strict=True))
    changes |= {"equity_time": times, "prices": (PriceLine(symbol=symbol, time=times, close=values[0]),)}
    written = make_run(f"run_{next(names)}", created_at=created_at, **changes)
    stores.runs.add_run(written, [])
    assert stores.runs.load_run(OWNER, written.run_id) == written


# A server's JSON has decimal numbers: a float above 2**53 would come back as the whole number that it is written as.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(-1e15, 1e15) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)


@shared
@given(st.dictionaries(TEXTS, JSON, max_size=4), MOMENTS)
def test_events(stores: Stores, facts: dict[str, Any], at: datetime) -> None:
    session_id = f"ses_{next(names)}"
    stores.sessions.add_session(make_session(session_id))
    written = stores.sessions.append_event(session_id, "step", "notice", facts, at)
    assert written is not None
    assert (written.data, written.at) == (facts, at)
    assert stores.sessions.list_events(session_id, 0) == (written,)


@shared
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 15)), min_size=1, max_size=12))
def test_coverage_holds_exactly_the_days_that_were_covered(stores: Stores, stretches: list[tuple[int, int]]) -> None:
    origin, symbol = date(2024, 1, 1), f"S{next(names)}"
    nothing = replace(flat_bars([1]).window(0, 0), symbol=symbol)
    covered = set()
    for first, length in stretches:
        start, end = origin + timedelta(days=first), origin + timedelta(days=first + length)
        stores.market.write_bars(nothing, EVER.model_copy(update={"start": start, "end": end}))
        covered |= {start + timedelta(days=n) for n in range(length + 1)}
    (series,) = stores.market.series(symbol, Timeframe.DAY)
    periods = series.covered
    days = [p.start + timedelta(days=n) for p in periods for n in range((p.end - p.start).days + 1)]
    assert days == sorted(covered)
    assert all((later.start - earlier.end).days > 1 for earlier, later in pairwise(periods))
