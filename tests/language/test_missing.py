"""Missing data never turns into a trade."""

import numpy as np
import pytest

from backend.domain.errors import DataUnavailable
from backend.domain.frames import Frame
from backend.domain.spec import StrategySpec
from backend.language import compile_spec
from tests.language.frames import frame_of

GAP = float("nan")
FRAME = frame_of(reddit=[0.5, GAP, -0.5, 0.0], news=[1.0, 1.0, GAP, GAP], sec=[GAP] * 4)
REDDIT, NEWS, SEC = 'sentiment("reddit") > 0', 'sentiment("news") > 0', 'sentiment("sec") > 0'


def entry(condition: str, frame: Frame = FRAME) -> list[int]:
    spec = StrategySpec(name="test", long_entry=condition)
    return [int(acts) for acts in compile_spec(spec).signals(frame).long_entry]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (REDDIT, [1, 0, 0, 0]),
        # Not known to be positive is not known to be negative.
        (f"not ({REDDIT})", [0, 0, 1, 1]),
        (f"not not ({REDDIT})", [1, 0, 0, 0]),
        ('sentiment("reddit") <= 0', [0, 0, 1, 1]),
        (f"not ({SEC})", [0, 0, 0, 0]),
        # True or unknown is true; false or unknown is unknown.
        (f"{REDDIT} or {NEWS}", [1, 1, 0, 0]),
        (f"not ({REDDIT} or {NEWS})", [0, 0, 0, 0]),
        # False and unknown is false, so its opposite is true; true and unknown is unknown.
        (f"{REDDIT} and {NEWS}", [1, 0, 0, 0]),
        (f"not ({REDDIT} and {NEWS})", [0, 0, 1, 1]),
        ('-1 < sentiment("reddit") < 1', [1, 0, 1, 1]),
        ('not (-1 < sentiment("reddit") < 1)', [0, 0, 0, 0]),
        ('fill(sentiment("reddit"), 0) <= 0', [0, 1, 1, 1]),
        ('last_known(sentiment("reddit"), 1) > 0', [1, 1, 0, 0]),
        ('last_known(sentiment("news"), 1) > 0', [1, 1, 1, 0]),
        # A bar that may have counted leaves the count open: windows {0,1}, {1,2} contain the gap.
        (f"count({REDDIT}, 2) < 1", [0, 0, 0, 1]),
        (f"not (bars_since({REDDIT}) < 9)", [0, 0, 0, 0]),
    ],
)
def test_unknown_is_neither_true_nor_false(condition: str, expected: list[int]) -> None:
    assert entry(condition) == expected


def test_division_by_zero_is_missing() -> None:
    # 1 / 0 at the last bar, missing at bar 1.
    assert entry('1 / sentiment("reddit") > 0') == [1, 0, 0, 0]
    assert entry('not (1 / sentiment("reddit") > 0)') == [0, 0, 1, 0]


def test_a_missing_value_never_counts_as_zero() -> None:
    assert entry('sentiment("sec") < 1') == entry('sentiment("sec") > -1') == [0, 0, 0, 0]


@pytest.mark.parametrize(
    "condition", ['fill(sma(sentiment("news"), 3), 5) > 0', f'{NEWS} or sma(sentiment("news"), 3) > 0']
)
def test_nothing_is_true_within_the_warmup(condition: str) -> None:
    frame = frame_of(news=[1.0] * 5)
    assert entry(condition, frame) == [0, 0, 1, 1, 1]


def test_overflow_is_missing() -> None:
    frame = frame_of(news=[1e150, 1e250, 1.0])
    assert entry('sentiment("news") * sentiment("news") > 0', frame) == [1, 0, 1]
    assert entry('not (sentiment("news") * sentiment("news") > 0)', frame) == [0, 0, 0]


def test_a_channel_that_was_not_prepared_is_an_error() -> None:
    with pytest.raises(DataUnavailable, match="twitter") as caught:
        entry('sentiment("twitter") > 0')
    assert "news, reddit, sec" in caught.value.hint


def test_columns_of_the_frame_stay_writable() -> None:
    frame = frame_of(reddit=np.ones(3))
    entry('sentiment("reddit") > 0', frame)
    assert frame.sentiment["reddit"].mean.flags.writeable
