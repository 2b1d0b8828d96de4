"""The contract of MarketStore."""

from dataclasses import replace

import numpy as np

from backend.domain.bars import Bars
from backend.domain.ports import BarSpan
from backend.domain.timeframes import Timeframe
from backend.stores import Stores
from tests.samples import aapl_bars, flat_bars
from tests.stores.samples import EVER, as_row, period


def by_minute(bars: Bars) -> Bars:
    end = bars.session[0].astype("datetime64[s]") + np.arange(1, len(bars) + 1) * np.timedelta64(60, "s")
    session = np.repeat(bars.session[0], len(bars))
    start = end - np.timedelta64(60, "s")
    return replace(bars, timeframe=Timeframe.MINUTE, session=session, start=start, end=end)


def test_real_bars_come_back_bit_for_bit(stores: Stores) -> None:
    stores.market.write_bars(aapl_bars(), period("2000-03-01", "2013-03-01"))
    stored = stores.market.read_bars("AAPL", Timeframe.DAY, "sample", EVER)
    assert stored is not None
    assert as_row(stored) == as_row(aapl_bars())


def test_a_period_includes_both_of_its_ends(stores: Stores) -> None:
    stores.market.write_bars(flat_bars([1, 2, 3, 4]), period("2020-01-01", "2020-01-04"))
    stored = stores.market.read_bars("TEST", Timeframe.DAY, "test", period("2020-01-02", "2020-01-03"))
    assert stored is not None
    assert stored.close.tolist() == [2, 3]


def test_no_stored_bars_are_none(stores: Stores) -> None:
    stores.market.write_bars(flat_bars([1]), period("2020-01-01", "2020-01-01"))
    assert stores.market.read_bars("TEST", Timeframe.DAY, "test", period("2020-01-02", "2020-01-03")) is None
    assert stores.market.read_bars("TEST", Timeframe.HOUR, "test", EVER) is None
    assert stores.market.read_bars("TEST", Timeframe.DAY, "file", EVER) is None
    assert stores.market.read_bars("OTHER", Timeframe.DAY, "test", EVER) is None


def test_a_bar_written_again_takes_the_place_of_the_first(stores: Stores) -> None:
    stores.market.write_bars(flat_bars([1, 2, 3]), period("2020-01-01", "2020-01-03"))
    stores.market.write_bars(flat_bars([7, 8]), period("2020-01-01", "2020-01-02"))
    stored = stores.market.read_bars("TEST", Timeframe.DAY, "test", EVER)
    assert stored is not None
    assert stored.close.tolist() == [7, 8, 3]


def test_bars_of_one_session_are_kept_apart_by_their_end(stores: Stores) -> None:
    minutes = by_minute(flat_bars([5, 6, 7]))
    stores.market.write_bars(minutes, period("2020-01-01", "2020-01-01"))
    stored = stores.market.read_bars("TEST", Timeframe.MINUTE, "test", EVER)
    assert stored is not None
    assert as_row(stored) == as_row(minutes)


def test_coverage_joins_what_overlaps_or_follows_the_next_day(stores: Stores) -> None:
    bars = flat_bars([1])
    stretches = ["2020-03-01 2020-03-31", "2020-01-01 2020-01-10", "2020-01-11 2020-01-20", "2020-03-15 2020-04-02"]
    for stretch in stretches:
        stores.market.write_bars(bars, period(*stretch.split()))
    # 10 January is followed by the 11th, 15 March lies within the first stretch; 20 January and 1 March do not touch.
    assert stores.market.coverage("TEST", Timeframe.DAY, "test") == (
        period("2020-01-01", "2020-01-20"),
        period("2020-03-01", "2020-04-02"),
    )


def test_coverage_belongs_to_one_series(stores: Stores) -> None:
    stores.market.write_bars(flat_bars([1]), period("2020-01-01", "2020-01-10"))
    assert stores.market.coverage("TEST", Timeframe.DAY, "file") == ()
    assert stores.market.coverage("TEST", Timeframe.HOUR, "test") == ()


def test_a_covered_stretch_may_hold_no_bars(stores: Stores) -> None:
    stores.market.write_bars(flat_bars([1]).window(0, 0), period("2020-01-01", "2020-01-10"))
    assert stores.market.coverage("TEST", Timeframe.DAY, "test") == (period("2020-01-01", "2020-01-10"),)
    assert stores.market.read_bars("TEST", Timeframe.DAY, "test", EVER) is None


def test_spans_tell_what_is_held_of_each_series(stores: Stores) -> None:
    stores.market.write_bars(replace(flat_bars([1]), symbol="ZZZ"), period("2020-01-01", "2020-01-01"))
    stores.market.write_bars(flat_bars([1, 2, 3]), period("2020-01-01", "2020-01-03"))
    day = period("2020-01-01", "2020-01-03")
    assert stores.market.bar_spans() == (
        BarSpan("TEST", Timeframe.DAY, "test", day.start, day.end, 3),
        BarSpan("ZZZ", Timeframe.DAY, "test", day.start, day.start, 1),
    )
