"""The hold-out leaves a sealed frame only against the opening of that very hold-out."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from backend.domain.errors import InvalidInput
from backend.domain.frames import Frame, SealedFrame, SentimentColumns
from backend.domain.ledger import Opening
from backend.domain.periods import Period, Periods
from tests.samples import flat_bars

PERIODS = Periods(
    train=Period(start=date(2020, 1, 3), end=date(2020, 1, 6)),
    validation=Period(start=date(2020, 1, 7), end=date(2020, 1, 8)),
    holdout=Period(start=date(2020, 1, 9), end=date(2020, 1, 10)),
)


def _frame() -> Frame:
    bars = flat_bars([float(price) for price in range(10, 20)])  # 2020-01-01 .. 2020-01-10
    column = np.arange(10.0)
    return Frame(bars, {"reddit": SentimentColumns(column, column, column)})


def _opening(symbol: str = "TEST", period: Period = PERIODS.holdout) -> Opening:
    sealed = SealedFrame(_frame(), PERIODS)
    return Opening(
        id="opn_1", owner="ann", kind="session", subject_id="ses_1", symbol=symbol, spec_hash="s", data_hash="d",
        period=period, fingerprint=sealed.fingerprint(), opened_at=datetime(2021, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def test_the_visible_part_ends_with_validation_and_reaches_nothing_else() -> None:
    visible = SealedFrame(_frame(), PERIODS).visible()
    assert visible.bars.session[-1] == np.datetime64("2020-01-08")
    columns = visible.sentiment["reddit"]
    for array in (*visible.bars.arrays().values(), columns.mean, columns.std, columns.posts):
        assert len(array) == 8
        assert array.base is None


def test_an_opening_of_this_holdout_opens_it() -> None:
    assert len(SealedFrame(_frame(), PERIODS).open(_opening())) == 10


@pytest.mark.parametrize("opening", [_opening(symbol="OTHER"), _opening(period=PERIODS.validation)])
def test_another_opening_does_not(opening: Opening) -> None:
    with pytest.raises(InvalidInput, match="not of this hold-out"):
        SealedFrame(_frame(), PERIODS).open(opening)


def test_rows_of_a_period_include_both_ends() -> None:
    assert _frame().rows(PERIODS.validation) == slice(6, 8)


def test_columns_must_match_their_bars() -> None:
    column = np.arange(9.0)
    with pytest.raises(InvalidInput, match="reddit columns"):
        Frame(flat_bars([10.0] * 10), {"reddit": SentimentColumns(column, column, column)})


def test_the_data_hash_knows_missing_values_and_channels() -> None:
    missing = np.array([np.nan, 1.0])
    bars = flat_bars([10, 11])
    frames = [
        Frame(bars, {}),
        Frame(bars, {"reddit": SentimentColumns(missing, missing, missing)}),
        Frame(bars, {"news": SentimentColumns(missing, missing, missing)}),
        Frame(bars, {"reddit": SentimentColumns(np.array([0.0, 1.0]), missing, missing)}),
    ]
    assert len({frame.data_hash for frame in frames}) == 4
    again = Frame(flat_bars([10, 11]), {"reddit": SentimentColumns(missing.copy(), missing.copy(), missing.copy())})
    assert again.data_hash == frames[1].data_hash


def test_the_fingerprint_is_of_the_holdout_alone() -> None:
    # closes 17 (01-08), 18 (01-09), 19 (01-10): returns 1/17 and 1/18
    fingerprint = SealedFrame(_frame(), PERIODS).fingerprint()
    assert fingerprint.session.tolist() == [date(2020, 1, 9), date(2020, 1, 10)]
    assert fingerprint.daily_return == pytest.approx([1 / 17, 1 / 18])
