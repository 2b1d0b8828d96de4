"""A post or bar is known when it is known: from files with awkward stamps to the columns that a strategy reads."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from backend.bootstrap import Application
from backend.domain.errors import InvalidInput
from backend.domain.execution import Execution
from backend.domain.frames import Frame
from backend.domain.periods import Period
from backend.domain.sentiment import SentimentDataset
from backend.domain.sessions import SessionRequest
from backend.domain.signals import Signals
from backend.domain.spec import CONDITION_FIELDS, Parameter, StrategySpec
from backend.domain.timeframes import Timeframe
from backend.language import LanguageError, compile_spec
from backend.services.evaluation import evaluate_signals
from tests.adversarial.markets import SYMBOL, imported, twin
from tests.samples import aapl_bars

REQUEST = SessionRequest(text="test")
WHOLE = Period(start=date(2004, 1, 2), end=date(2007, 12, 31))

STAMPS = [
    # Wednesday 13 June 2007: the exchange closes at 16:00 New York = 20:00 UTC.
    ("2007-06-13T19:59:59Z", "2007-06-13"),
    ("2007-06-13T15:59:59.900-04:00", "2007-06-13"),
    ("2007-06-13T20:00:00Z", "2007-06-14"),
    ("2007-06-13T16:00:00-04:00", "2007-06-14"),
    ("2007-06-14T05:30:00+09:00", "2007-06-14"),  # 20:30 UTC the day before
    # A date alone may be any time of that day: usable in the session after it, over a weekend on Monday.
    ("2007-06-13", "2007-06-14"),
    ("2007-06-15", "2007-06-18"),
    ("2007-06-16", "2007-06-18"),
    # The day after Thanksgiving closes at 13:00 New York = 18:00 UTC.
    ("2007-11-23T17:59:59Z", "2007-11-23"),
    ("2007-11-23T18:00:00Z", "2007-11-26"),
    ("2007-11-22T15:00:00Z", "2007-11-23"),
    # Summer time begins on Sunday 11 March 2007: closes are at 21:00 UTC before it, at 20:00 after it.
    ("2007-03-09T20:30:00Z", "2007-03-09"),
    ("2007-03-12T20:30:00Z", "2007-03-13"),
    # It ends on Sunday 4 November.
    ("2007-11-02T20:30:00Z", "2007-11-05"),
    ("2007-11-05T20:30:00Z", "2007-11-05"),
]


def write_posts(file: Path, stamps: Sequence[str], first: int = 0) -> str:
    lines = [
        {"id": f"x{first + n}", "created_at": stamp, "ticker": SYMBOL, "source": "reddit", "text": f"beat {first + n}"}
        for n, stamp in enumerate(stamps)
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines))
    return str(file)


def frame_of(app: Application, dataset: SentimentDataset) -> Frame:
    bars = app.market.bars(SYMBOL, Timeframe.DAY, WHOLE).bars
    return app.datasets.frame(bars, [dataset])


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return imported(tmp_path / "store", twin(posts_a_day=0))


@pytest.mark.parametrize(("stamp", "session"), STAMPS)
def test_a_post_is_first_seen_at_the_close_after_it(stamp: str, session: str, app: Application, tmp_path: Path) -> None:
    app.imports.import_posts(write_posts(tmp_path / "posts.jsonl", ["2004-01-05T15:00:00Z", stamp]))
    frame = frame_of(app, app.datasets.get_or_create_dataset(app.owner, SYMBOL, "reddit", WHOLE))
    seen = frame.bars.session[np.nan_to_num(frame.sentiment["reddit"].posts) > 0]
    assert seen.astype(str).tolist() == ["2004-01-05", session]
    assert np.array_equal(frame.sentiment["all"].posts, frame.sentiment["reddit"].posts, equal_nan=True)


def test_a_time_without_a_zone_is_refused(app: Application, tmp_path: Path) -> None:
    """Read as UTC, half past three in New York would come five hours early."""
    with pytest.raises(InvalidInput, match="zone"):
        app.imports.import_posts(write_posts(tmp_path / "posts.jsonl", ["2007-06-13T15:30:00"]))


def test_a_dataset_that_grew_equals_one_that_was_made_at_once(tmp_path: Path) -> None:
    """Whatever was asked for first, in whatever pieces: the records of each session are the same."""
    market = twin()
    whole = imported(tmp_path / "whole", market).datasets.get_or_create_dataset("local", SYMBOL, "reddit", WHOLE)
    app = imported(tmp_path / "pieces", market)
    session_id = app.sessions.open(app.owner, REQUEST, "test").session_id
    for start, end in ((2005, 2005), (2005, 2006), (2004, 2006), (2004, 2007)):
        period = Period(start=date(start, 1, 3), end=date(end, 12, 30))
        app.datasets.create_or_update_dataset(app.owner, session_id, SYMBOL, "reddit", period)
    grown = app.datasets.create_or_update_dataset(app.owner, session_id, SYMBOL, "reddit", WHOLE)
    assert grown.content_hash == whole.content_hash


def test_posts_that_are_imported_later_make_a_new_version_and_leave_the_old_one(tmp_path: Path) -> None:
    app = imported(tmp_path / "store", twin())
    session = app.sessions.open(app.owner, REQUEST, "test")
    before = app.datasets.create_or_update_dataset(app.owner, session.session_id, SYMBOL, "reddit", WHOLE)
    app.imports.import_posts(write_posts(tmp_path / "more.jsonl", ["2006-06-13T15:00:00Z"]))
    other = app.sessions.open(app.owner, REQUEST, "test")
    after = app.datasets.create_or_update_dataset(app.owner, other.session_id, SYMBOL, "reddit", WHOLE)
    stored = app.stores.datasets.load_dataset(app.owner, before.id)
    assert stored.content_hash == before.content_hash
    row = int(np.searchsorted(after.days.session, np.datetime64("2006-06-13")))
    changed = after.days.posts - before.days.posts
    assert changed[row] == changed.sum() == 1


def aapl() -> Frame:
    return Frame(aapl_bars(), {})


@pytest.mark.parametrize(
    "entry",
    [
        "close < 5", "close < level", "cross_above(close, level)", "atr(14) < 1", "log(close) < 3", "sqrt(close) < 4",
        "volume < 100", "close * close > 20", "std(close, 20) < 1", "min(close, 5) > open", "obv() > 1000",
        "diff(close, 5) > 1", "macd(close, 12, 26) > 1", "1 / close > 0.1", "close / volume > 0.1",
    ],
)  # fmt: skip
def test_adjusted_prices_have_no_level(entry: str) -> None:
    """They know every later split, so a level is look-ahead: AAPL's 5 dollars of 2003 were 20 then."""
    level = Parameter(name="level", kind="float", value=5.0, low=1.0, high=9.0)
    with pytest.raises(LanguageError):
        compile_spec(StrategySpec(name="level", parameters=(level,), long_entry=entry))


@pytest.mark.parametrize(
    "entry",
    [
        "close / sma(close, 50) < 0.9", "roc(close, 5) > 0.02", "zscore(close, 20) < -1", "log(close / open) > 0.01",
        "atr(14) / close < 0.03", "macd(close, 12, 26) > 0", "rsi(close, 3) < 20", "close > highest(lag(close, 1), 20)",
        "percentile_rank(close, 60) > 0.8", "(close - open) / (high - low) > 0.5", "volume > 2 * sma(volume, 20)",
    ],
)  # fmt: skip
def test_a_later_split_changes_no_decision(entry: str) -> None:
    """Adjusting for a 4:1 split divides every earlier price by 4: no rule may decide otherwise for it."""
    frame = aapl()
    prices = {name: getattr(frame.bars, name) / 4.0 for name in ("open", "high", "low", "close")}
    compiled = compile_spec(StrategySpec(name="ratio", long_entry=entry))
    adjusted = compiled.signals(Frame(replace(frame.bars, volume=frame.bars.volume * 4.0, **prices), {}))
    assert compiled.signals(frame).long_entry.any()
    assert np.array_equal(adjusted.long_entry, compiled.signals(frame).long_entry)


def test_only_the_last_warm_up_close_reaches_into_a_period() -> None:
    """Decisions before it carry no position over the border, and what is decided at the last close never trades."""
    frame, rows = aapl(), slice(1000, 1500)
    spec = StrategySpec.model_validate(
        {
            "name": "border",
            "long_entry": "close > sma(close, 20)",
            "long_exit": "close < sma(close, 20)",
            "risk": {"trailing_stop": 0.05},
        }
    )
    signals = compile_spec(spec).signals(frame)
    flipped = {name: getattr(signals, name).copy() for name in CONDITION_FIELDS}
    for flags in flipped.values():
        flags[: rows.start - 1] ^= True
        flags[rows.stop - 1 :] ^= True
    plain = evaluate_signals(signals, spec, frame, rows, Execution()).simulation
    other = evaluate_signals(Signals(**flipped), spec, frame, rows, Execution()).simulation
    assert np.array_equal(plain.equity, other.equity)
    alone = evaluate_signals(signals, spec, frame, slice(rows.start, rows.start + 1), Execution()).simulation
    assert (plain.equity[0] != Execution().capital) == bool(signals.long_entry[rows.start - 1])
    assert alone.trade_count == 0
