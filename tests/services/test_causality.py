"""The causality probe finds strategies and data that know what comes after."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from backend.domain.frames import Frame
from backend.domain.sentiment import DatasetMetadata, ScoredPosts, SentimentDataset
from backend.domain.signals import Signals
from backend.domain.spec import StrategySpec
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.engine.sentiment import daily_sentiment
from backend.language import CompiledSpec, compile_spec
from backend.proof.causality import examine
from backend.services.causality import RawInputs, RebuiltSignals
from backend.services.dataset_manager import with_pooled_channels
from tests.samples import aapl_bars

START, END = date(2000, 3, 1), date(2013, 3, 1)
CALENDAR = trading_calendar(START, END)
FETCHED = np.zeros(len(CALENDAR), dtype=np.int8)
SPEC = StrategySpec(name="x", long_entry='sentiment("reddit") > 0.1', long_exit='sentiment("reddit") < 0')


def _posts() -> ScoredPosts:
    """Three posts a session at random hours, one of them in the evening after the close."""
    rng = np.random.default_rng(7)
    hours = np.stack(
        [rng.integers(9, 18, len(CALENDAR)), rng.integers(9, 18, len(CALENDAR)), np.full(len(CALENDAR), 23)]
    )
    seconds = CALENDAR.sessions.astype("datetime64[s]").astype(np.int64) + hours * 3600
    created_at = np.sort(seconds.ravel()).astype("datetime64[s]")
    size = created_at.size
    keys = np.arange(1, size + 1)
    return ScoredPosts(created_at, rng.uniform(-1, 1, size), keys, keys, np.zeros(size, dtype=np.bool_))


def _dataset(posts: ScoredPosts, symbol: str = "AAPL") -> SentimentDataset:
    metadata = DatasetMetadata(
        total_days=len(CALENDAR), days_with_data=len(CALENDAR), total_posts=len(posts), avg_sentiment=0.0, coverage=1.0,
        from_cache_days=0, fetched_at=datetime(2020, 1, 1, tzinfo=UTC), point_in_time=True,
    )  # fmt: skip
    days = daily_sentiment(posts, CALENDAR, FETCHED)
    names = {"id": "d", "symbol": symbol, "channel": "reddit", "provider": "file", "scorer": "s/1"}
    return SentimentDataset(timeframe=Timeframe.DAY, start=START, end=END, days=days, metadata=metadata, **names)  # type: ignore[arg-type]


def _probe(posts: ScoredPosts, dataset: SentimentDataset, compiled: CompiledSpec | None = None) -> RebuiltSignals:
    bars = aapl_bars()
    frame = Frame(bars, with_pooled_channels(bars, {"reddit": dataset.days}))
    return RebuiltSignals(compiled or compile_spec(SPEC), frame, RawInputs.of(frame, (dataset,), (posts,)))


def test_an_honest_strategy_on_honest_data_passes() -> None:
    posts = _posts()
    assert examine(_probe(posts, _dataset(posts))).violations == 0


@pytest.mark.parametrize("early", [np.timedelta64(4, "h"), np.timedelta64(24, "h")])
def test_posts_counted_for_an_earlier_session_are_found(early: np.timedelta64) -> None:
    """The evening's posts on the same day's bar, or everything a day early: the frame knew more than it could."""
    posts = _posts()
    too_early = replace(posts, created_at=posts.created_at - early)
    assert examine(_probe(posts, _dataset(too_early))).violations > 0


class _Peeking(CompiledSpec):
    """Decides on the next bar's close."""

    def signals(self, frame: Frame, values: object = None, memo: object = None) -> Signals:  # noqa: ARG002
        close = frame.bars.close
        rises = np.append(close[1:] > close[:-1], False)
        nothing = np.zeros(len(close), dtype=np.bool_)
        return Signals(rises, ~rises, nothing, nothing)


def test_a_strategy_that_reads_the_next_bar_is_found() -> None:
    posts = _posts()
    compiled = compile_spec(SPEC)
    peeking = _Peeking.__new__(_Peeking)
    peeking.__dict__.update(compiled.__dict__)
    assert examine(_probe(posts, _dataset(posts), peeking)).violations > 0


BESIDE = StrategySpec(
    name="beside",
    long_entry='of("SPY", close > sma(close, 10) and sentiment("reddit") > 0)',
    long_exit='of("SPY", sentiment("reddit") < 0)',
)


def _probe_beside(dataset: SentimentDataset, spec: StrategySpec = BESIDE) -> RebuiltSignals:
    """SPY, whose every third session is missing and whose posts are ``_posts()``, is read beside AAPL."""
    bars = replace(aapl_bars(), symbol="AAPL")
    there = np.flatnonzero(np.arange(len(bars)) % 3 > 0)
    columns = {name: column[there] for name, column in bars.arrays().items()}
    spy = replace(bars, symbol="SPY", **columns)
    frame = Frame(bars, {}, {"SPY": Frame(spy, with_pooled_channels(spy, {"reddit": dataset.days}))})
    return RebuiltSignals(compile_spec(spec), frame, RawInputs.of(frame, (dataset,), (_posts(),)))


def test_an_honest_strategy_that_reads_another_symbol_passes() -> None:
    probe = _probe_beside(_dataset(_posts(), "SPY"))
    assert probe.signals().long_entry.sum() > 100
    assert probe.unfounded() is None
    assert examine(probe).violations == 0


def test_the_future_of_another_symbol_is_removed_and_changed() -> None:
    probe = _probe_beside(_dataset(_posts(), "SPY"))
    moment = probe.inputs.bars.end[1000]
    before = probe.inputs.before(moment)
    assert before.others["SPY"].bars.end[-1] <= moment
    assert (before.others["SPY"].posts[0].created_at < moment).all()
    changed = probe.inputs.with_other_future(moment, np.random.default_rng(1)).others["SPY"].bars
    known, there = len(before.others["SPY"].bars), probe.inputs.others["SPY"].bars
    np.testing.assert_array_equal(changed.close[:known], there.close[:known])
    assert (changed.close[known:] != there.close[known:]).all()


def test_posts_of_another_symbol_that_were_counted_early_are_found() -> None:
    early = replace(_posts(), created_at=_posts().created_at - np.timedelta64(24, "h"))
    probe = _probe_beside(_dataset(early, "SPY"))
    assert examine(probe).violations > 0
    assert probe.unfounded() is not None


class _PeekingBeside(CompiledSpec):
    """Decides on the last close of the other symbol that there is."""

    def signals(self, frame: Frame, values: object = None, memo: object = None) -> Signals:  # noqa: ARG002
        rises = frame.bars.close > frame.others["SPY"].bars.close[-1]
        nothing = np.zeros(len(rises), dtype=np.bool_)
        return Signals(rises, ~rises, nothing, nothing)


def test_a_strategy_that_reads_the_end_of_another_symbol_is_found() -> None:
    probe = _probe_beside(_dataset(_posts(), "SPY"))
    peeking = _PeekingBeside.__new__(_PeekingBeside)
    peeking.__dict__.update(probe.compiled.__dict__)
    assert examine(replace(probe, compiled=peeking)).violations > 0
