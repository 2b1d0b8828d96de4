"""The contract of MarketStore."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.periods import Period
from backend.domain.ports import BarSpan, StoredBars
from backend.domain.timeframes import Timeframe
from backend.stores import Stores
from tests.samples import aapl_bars, flat_bars
from tests.stores.samples import EVER, OWNER, as_row, make_bot, period


def by_minute(bars: Bars) -> Bars:
    end = bars.session[0].astype("datetime64[s]") + np.arange(1, len(bars) + 1) * np.timedelta64(60, "s")
    session = np.repeat(bars.session[0], len(bars))
    start = end - np.timedelta64(60, "s")
    return replace(bars, timeframe=Timeframe.MINUTE, session=session, start=start, end=end)


def coverage(stores: Stores, source: str = "test") -> tuple[Period, ...]:
    stored = {series.source: series.covered for series in stores.market.series("TEST", Timeframe.DAY)}
    return stored.get(source, ())


def closes(stores: Stores, source: str = "test") -> list[float]:
    stored = stores.market.read_bars("TEST", Timeframe.DAY, source, EVER)
    return [] if stored is None else stored.close.tolist()


def imported(prices: list[float]) -> Bars:
    return replace(flat_bars(prices), source="file")


def test_real_bars_come_back_bit_for_bit(stores: Stores) -> None:
    stores.market.write_bars(aapl_bars(), period("2000-03-01", "2013-03-01"))
    stored = stores.market.read_bars("AAPL", Timeframe.DAY, "sample", EVER)
    assert stored is not None
    assert as_row(stored) == as_row(aapl_bars())


def test_the_adjustment_of_each_bar_is_kept(stores: Stores) -> None:
    # A dividend after the first bar and a 2:1 split after the second: what was paid for a share then counts by these.
    bars = replace(flat_bars([1, 2, 3]), adjustment=np.array([0.49, 0.5, 1.0]))
    stores.market.write_bars(bars, period("2020-01-01", "2020-01-03"))
    stores.market.write_bars(flat_bars([3, 3, 3]).window(2, 3), period("2020-01-03", "2020-01-03"))
    stored = stores.market.read_bars("TEST", Timeframe.DAY, "test", EVER)
    assert stored is not None
    assert as_row(stored) == as_row(bars)
    assert stored.content_hash == bars.content_hash != flat_bars([1, 2, 3]).content_hash


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


def test_what_is_written_takes_the_place_of_all_that_was_covered(stores: Stores) -> None:
    stores.market.write_bars(flat_bars([1, 2, 3, 4]), period("2020-01-01", "2020-01-04"))
    stores.market.write_bars(flat_bars([7, 8]), period("2020-01-01", "2020-01-03"))
    # the bar of the 3rd is within the stretch and not among those written; that of the 4th is outside
    assert closes(stores) == [7, 8, 4]
    assert coverage(stores) == (period("2020-01-01", "2020-01-04"),)


def test_a_bar_outside_of_what_is_covered_is_refused(stores: Stores) -> None:
    stores.market.write_bars(flat_bars([9]), period("2020-01-01", "2020-01-01"))
    for covered in (period("2020-01-02", "2020-01-09"), period("2019-12-01", "2020-01-01")):
        for write in (stores.market.write_bars, stores.market.replace_series):
            with pytest.raises(InvalidInput, match="outside the stretch"):
                write(flat_bars([1, 2]), covered)
    assert closes(stores) == [9]
    assert coverage(stores) == (period("2020-01-01", "2020-01-01"),)


def test_a_bar_far_from_its_session_is_refused(stores: Stores) -> None:
    bars = flat_bars([1])
    for days, refused in ((6, False), (8, True)):
        late = replace(bars, end=np.array([f"2020-01-{1 + days:02}"], dtype="datetime64[s]"))
        with pytest.raises(InvalidInput, match="ends more than a week away") if refused else nullcontext():
            stores.market.write_bars(late, EVER)
    stored = stores.market.read_bars("TEST", Timeframe.DAY, "test", period("2020-01-01", "2020-01-01"))
    assert stored is not None
    assert stored.end.astype(str).tolist() == ["2020-01-07T00:00:00"]


def test_a_series_is_replaced_as_a_whole(stores: Stores) -> None:
    other = replace(flat_bars([5]), symbol="OTHER")
    stores.market.write_bars(other, period("2020-01-01", "2020-01-01"))
    stores.market.write_bars(flat_bars([1, 2, 3, 4]), period("2020-01-01", "2020-02-04"))
    stores.market.replace_series(flat_bars([7, 8]).window(1, 2), period("2020-01-02", "2020-01-02"))
    assert closes(stores) == [8]
    assert coverage(stores) == (period("2020-01-02", "2020-01-02"),)
    assert stores.market.read_bars("OTHER", Timeframe.DAY, "test", EVER) is not None


def test_one_read_tells_of_every_source(stores: Stores) -> None:
    days = period("2020-01-01", "2020-01-05")
    stores.market.write_bars(flat_bars([1, 2, 3]), days)
    stores.market.write_bars(imported([4]), days)
    assert stores.market.series("TEST", Timeframe.DAY) == (
        StoredBars("file", (days,), period("2020-01-01", "2020-01-01")),
        StoredBars("test", (days,), period("2020-01-01", "2020-01-03")),
    )


def test_imported_bars_are_their_owners_and_fetched_ones_everybodys(stores: Stores, strangers: Stores) -> None:
    days = period("2020-01-01", "2020-01-01")
    stores.market.write_bars(imported([1]), days)
    strangers.market.write_bars(imported([2]), days)
    strangers.market.write_bars(flat_bars([3]), days)
    for reader, own in ((stores, 1), (strangers, 2)):
        assert closes(reader, "file") == [own]
        assert closes(reader) == [3]
        assert [series.source for series in reader.market.series("TEST", Timeframe.DAY)] == ["file", "test"]
        assert [(span.source, span.bars) for span in reader.market.bar_spans()] == [("file", 1), ("test", 1)]
    stores.market.replace_series(imported([7]), days)
    assert closes(strangers, "file") == [2]


def test_deleting_takes_bars_and_coverage(stores: Stores) -> None:
    stores.market.write_bars(flat_bars([1, 2, 3, 4]), period("2020-01-01", "2020-01-04"))
    stores.market.write_bars(flat_bars([1]).window(0, 0), period("2020-02-01", "2020-02-04"))
    stores.market.write_bars(replace(flat_bars([5]), symbol="OTHER"), period("2020-01-01", "2020-01-01"))
    assert stores.market.delete_bars(symbol="TEST", before=date(2020, 1, 3)) == 2
    assert closes(stores) == [3, 4]
    assert coverage(stores) == (period("2020-01-03", "2020-01-04"), period("2020-02-01", "2020-02-04"))
    assert stores.market.delete_bars(symbol="TEST", timeframe=Timeframe.HOUR) == 0
    assert stores.market.delete_bars(symbol="TEST", timeframe=Timeframe.DAY, before=date(2020, 1, 5)) == 2
    assert coverage(stores) == (period("2020-02-01", "2020-02-04"),)
    assert [span.symbol for span in stores.market.bar_spans()] == ["OTHER"]
    assert stores.market.delete_bars() == 1
    assert coverage(stores) == ()


def test_the_coverage_of_all_series_is_one_answer(stores: Stores, strangers: Stores) -> None:
    january, march = period("2020-01-01", "2020-01-01"), period("2020-03-01", "2020-03-05")
    stores.market.write_bars(flat_bars([1]), january)
    stores.market.write_bars(flat_bars([1]).window(0, 0), march)
    strangers.market.write_bars(imported([2]), january)
    fetched = {("TEST", Timeframe.DAY, "test"): (january, march)}
    assert stores.market.coverage() == fetched
    assert strangers.market.coverage() == fetched | {("TEST", Timeframe.DAY, "file"): (january,)}


def test_deleting_spares_imported_bars_of_other_owners(stores: Stores, strangers: Stores) -> None:
    days = period("2020-01-01", "2020-01-01")
    stores.market.write_bars(imported([1]), days)
    strangers.market.write_bars(imported([2]), days)
    assert stores.market.delete_bars() == 1
    assert coverage(stores, "file") == ()
    assert coverage(strangers, "file") == (days,)
    assert closes(strangers, "file") == [2]


def test_deleting_may_spare_what_everybody_shares(stores: Stores, strangers: Stores) -> None:
    days = period("2020-01-01", "2020-01-01")
    stores.market.write_bars(flat_bars([3]), days)
    for holder, price in ((stores, 1), (strangers, 2)):
        holder.market.write_bars(imported([price]), days)
    assert stores.market.delete_bars(symbol="TEST", shared=False) == 1
    assert coverage(stores, "file") == ()
    assert (coverage(stores), closes(stores)) == ((days,), [3])
    assert closes(strangers, "file") == [2]
    assert stores.market.delete_bars(before=date(2020, 1, 2), shared=False) == 0
    assert coverage(stores) == (days,)


def test_deleting_spares_pinned_bars(with_sessions: Stores) -> None:
    bars = flat_bars([1, 2])
    with_sessions.market.write_bars(bars, period("2020-01-01", "2020-01-02"))
    with_sessions.bots.add_bot(make_bot(bars=(bars,)), [bars])
    assert with_sessions.market.delete_bars() == 2
    assert as_row(with_sessions.bots.load_snapshot(OWNER, bars.content_hash)) == as_row(bars)


def test_bars_of_one_session_are_kept_apart_by_their_end(stores: Stores) -> None:
    minutes = by_minute(flat_bars([5, 6, 7]))
    stores.market.write_bars(minutes, period("2020-01-01", "2020-01-01"))
    stored = stores.market.read_bars("TEST", Timeframe.MINUTE, "test", EVER)
    assert stored is not None
    assert as_row(stored) == as_row(minutes)


def test_coverage_joins_what_overlaps_or_follows_the_next_day(stores: Stores) -> None:
    bars = flat_bars([1]).window(0, 0)
    stretches = ["2020-03-01 2020-03-31", "2020-01-01 2020-01-10", "2020-01-11 2020-01-20", "2020-03-15 2020-04-02"]
    for stretch in stretches:
        stores.market.write_bars(bars, period(*stretch.split()))
    # 10 January is followed by the 11th, 15 March lies within the first stretch; 20 January and 1 March do not touch.
    assert coverage(stores) == (period("2020-01-01", "2020-01-20"), period("2020-03-01", "2020-04-02"))


def test_coverage_belongs_to_one_series(stores: Stores) -> None:
    stores.market.write_bars(flat_bars([1]), period("2020-01-01", "2020-01-10"))
    assert stores.market.series("TEST", Timeframe.HOUR) == ()
    assert stores.market.series("OTHER", Timeframe.DAY) == ()
    assert [series.source for series in stores.market.series("TEST", Timeframe.DAY)] == ["test"]


def test_a_covered_stretch_may_hold_no_bars(stores: Stores) -> None:
    stores.market.write_bars(flat_bars([1]).window(0, 0), period("2020-01-01", "2020-01-10"))
    assert stores.market.series("TEST", Timeframe.DAY) == (
        StoredBars("test", (period("2020-01-01", "2020-01-10"),), None),
    )
    assert stores.market.read_bars("TEST", Timeframe.DAY, "test", EVER) is None


def test_spans_tell_what_is_held_of_each_series(stores: Stores) -> None:
    stores.market.write_bars(replace(flat_bars([1]), symbol="ZZZ"), period("2020-01-01", "2020-01-01"))
    stores.market.write_bars(flat_bars([1, 2, 3]), period("2020-01-01", "2020-01-03"))
    day = period("2020-01-01", "2020-01-03")
    assert stores.market.bar_spans() == (
        BarSpan("TEST", Timeframe.DAY, "test", day.start, day.end, 3),
        BarSpan("ZZZ", Timeframe.DAY, "test", day.start, day.start, 1),
    )
