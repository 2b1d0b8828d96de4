"""Prices: clean series are taken, a bad bar refuses its symbol, two versions never mix."""

from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from backend.domain.errors import InvalidInput, NotFound
from backend.domain.periods import Period
from backend.domain.ports import FileTable
from backend.domain.timeframes import Timeframe
from backend.services.imports import Imports
from tests.services.imports.desk import CLEAN, HEADER, MARCH, NOW, Desk, values
from tests.services.memory_posts import MemoryPostStore
from tests.services.memory_stores import MemoryMarketStore


def test_clean_prices_are_taken_and_named() -> None:
    desk = Desk()
    report = desk.prices(*CLEAN)
    (taken,) = report.taken
    assert (taken.symbol, taken.series, taken.start, taken.end, taken.rows) == (
        "KO", "1d", date(2010, 3, 1), date(2010, 3, 3), 3,
    )  # fmt: skip
    assert (report.rows_new, report.rows_already_stored, report.refused) == (3, 0, ())
    assert any("taken as adjusted" in notice for notice in report.notices)
    bars = desk.market.read_bars("KO", Timeframe.DAY, "file", MARCH)
    assert bars is not None
    assert bars.close.tolist() == [11, 12, 13]
    assert str(bars.end[0]) == "2010-03-01T21:00:00"
    assert [s.covered for s in desk.market.series("KO", Timeframe.DAY)] == [(Period(start=taken.start, end=taken.end),)]
    assert desk.forgotten == ["KO"]
    assert desk.prices(*CLEAN).rows_already_stored == 3


def test_prices_are_scaled_by_the_adjusted_close() -> None:
    desk = Desk()
    report = desk.prices("KO,2010-03-01,10,12,9,10,500,5", header=f"{HEADER},Adj Close")
    bars = desk.market.read_bars("KO", Timeframe.DAY, "file", MARCH)
    assert bars is not None
    # factor 5 / 10
    assert (bars.open[0], bars.high[0], bars.low[0], bars.close[0]) == (5, 6, 4.5, 5)
    assert bars.adjustment.tolist() == [0.5]
    assert report.notices == ("Open, high, low and close were scaled by Adj Close / close.",)


def test_prices_that_were_adjusted_before_tell_by_how_much() -> None:
    desk = Desk()
    # adjusted once more by 4.5 / 9 = 0.5, to 0.8 x 0.5 of the raw price
    report = desk.prices("KO,2010-03-01,8,9,7,9,500,4.5,0.8", header=f"{HEADER},adj_close,Adjustment")
    bars = desk.market.read_bars("KO", Timeframe.DAY, "file", MARCH)
    assert bars is not None
    assert (bars.close.tolist(), bars.adjustment.tolist()) == ([4.5], [0.4])
    assert report.notices == ("Open, high, low and close were scaled by adj_close / close.",)
    with pytest.raises(InvalidInput, match="value of adjustment that is not above zero on line 2"):
        Desk().prices("KO,2010-03-01,8,9,7,9,500,0", header=f"{HEADER},adjustment")


def test_raw_prices_without_an_adjusted_close_have_no_adjustment() -> None:
    desk = Desk()
    desk.prices(*CLEAN)
    bars = desk.market.read_bars("KO", Timeframe.DAY, "file", MARCH)
    assert bars is not None
    assert bars.adjustment.tolist() == [1, 1, 1]


def test_a_jump_like_a_split_needs_consent() -> None:
    lines = (*CLEAN, "KO,2010-03-04,6.5,7,6,6.6,900")
    with pytest.raises(
        InvalidInput, match=r"KO on 2010-03-04: 0\.508 times the close before, like a 2:1 split"
    ) as told:
        Desk().prices(*lines)
    # 6.6 / 13 = 0.508
    assert "a strategy would take for a loss of 49 % that no shareholder had; add a column adj_close" in str(told.value)
    assert "line 5" in str(told.value)
    report = Desk().prices(*lines, accept_jumps=True)
    assert report.rows_taken == 4
    assert [n for n in report.notices if "which may be a real move: KO on 2010-03-04" in n]


def test_adjusted_prices_that_jump_are_a_notice() -> None:
    lines = [f"{line},{line.split(',')[5]}" for line in (*CLEAN, "KO,2010-03-04,26,28,24,26,900")]
    report = Desk().prices(*lines, header=f"{HEADER},adj_close")
    assert (report.rows_taken, report.refused) == (4, ())
    assert "KO on 2010-03-04: 2.000 times the close before, like a 1:2 split" in report.notices[1]


def test_a_split_between_two_sessions_of_minutes_is_seen() -> None:
    def minute(day: int, second: int, price: float) -> str:
        return f"KO,2010-03-0{day}T14:3{second}:00Z,{price},{price},{price},{price},5"

    # within a session a price may halve and more, between two it may not
    before = [minute(1, 0, 26), minute(1, 1, 13), minute(1, 2, 13)]
    after = [minute(2, 0, 6.5), minute(2, 1, 6.5)]
    assert Desk().prices(*before, bar_stamp="start").rows_taken == 3
    with pytest.raises(InvalidInput, match=r"KO on 2010-03-02: 0\.500 times the close before, like a 2:1 split"):
        Desk().prices(*before, *after, bar_stamp="start")
    desk = Desk()
    desk.prices(*before, bar_stamp="start")
    with pytest.raises(InvalidInput, match="jump where the file meets those imported before"):
        desk.prices(*after, bar_stamp="start")


@pytest.mark.parametrize(
    ("stored", "line", "jump"),
    [
        (CLEAN, "KO,2010-03-05,6.5,7,6,6.6,900", "KO on 2010-03-05: 0.508 times the close before, like a 2:1 split"),
        (CLEAN, "KO,2010-02-26,20,23,19,22,900", "KO on 2010-03-01: 0.500 times the close before, like a 2:1 split"),
        (CLEAN, "KO,2010-03-05,13,14,12,13.5,900", None),
        (CLEAN, "KO,2010-04-05,6.5,7,6,6.6,900", None),  # a month later a price may have halved by itself
    ],
)
def test_a_file_must_meet_the_bars_that_were_imported_before(
    stored: tuple[str, ...], line: str, jump: str | None
) -> None:
    desk = Desk()
    desk.prices(*stored)
    if jump is None:
        assert desk.prices(line).rows_new == 1
        return
    with pytest.raises(InvalidInput, match="jump where the file meets those imported before") as refused:
        desk.prices(line)
    assert jump in str(refused.value)
    assert desk.prices(line, accept_jumps=True).rows_new == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("KO,2010-03-03,12,14,11,13,700", "appears twice"),
        ("KO,2010-03-01,12,14,11,13,700", "appears twice"),
        ("KO,2010-03-04,12,10,11,13,700", "does not enclose"),
        ("KO,2010-03-04,12,14,11,nan,700", "value of close that is no number on line 5"),
        ("KO,2010-03-04,,14,11,13,700", "value of open that is no number on line 5"),
        ("KO,2010-03-04,12,14,0,13,700", "value of low that is not above zero on line 5"),
        ("KO,2010-03-04,12,14,-11,13,700", "value of low that is not above zero on line 5"),
        ("KO,2010-03-04,12,inf,11,13,700", "value of high that is no number on line 5"),
        ("KO,2010-03-04,twelve,14,11,13,700", "value of open that is no number on line 5"),
        ("KO,2010-02-26,12,14,11,13,700", "2010-02-26T21:00:00Z is out of order"),
        ("KO,2010-03-04,12,14,11,13,-1", "no valid volume"),
    ],
)
def test_a_bad_bar_refuses_its_symbol_and_no_other(line: str, message: str) -> None:
    desk = Desk()
    report = desk.prices(*CLEAN, line, "PEP,2010-03-01,10,12,9,11,500")
    assert [taken.symbol for taken in report.taken] == ["PEP"]
    (refusal,) = report.refused
    assert (refusal.rows, refusal.lines) == (4, (5,))
    with pytest.raises(InvalidInput, match=message):
        Desk().prices(*CLEAN, line)


def test_minutes_that_overlap_are_refused() -> None:
    times = ("14:30:00", "14:31:00", "14:31:30", "14:33:00", "14:34:00")
    lines = [f"KO,2010-03-01T{at}Z,10,12,9,11,500" for at in times]
    with pytest.raises(InvalidInput, match=r"14:32:30Z starts within the 1m bar before it; keep bars of one length"):
        Desk().prices(*lines, bar_stamp="start")


def test_unsorted_rows_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"out of order.*line 3"):
        Desk().prices(CLEAN[1], CLEAN[0])


def test_every_bad_line_is_named_and_no_good_one() -> None:
    bad = "KO,2010-03-04,12,10,11,13,700"
    report = Desk().prices(*CLEAN, bad, "PEP,2010-03-01,10,12,9,11,500", CLEAN[0], CLEAN[1], "KO,2010-03-06,1,1,1,1,1")
    closed, repeated = report.refused
    assert (closed.rows, closed.lines) == (1, (9,))
    assert "appears twice (2 such rows)" in repeated.reason
    assert (repeated.rows, repeated.lines) == (6, (7, 8))
    assert report.rows_refused == 7


def test_what_a_file_leaves_out_is_a_notice() -> None:
    report = Desk().prices(CLEAN[0], CLEAN[2])
    assert "1 session of KO has no bar: 2010-03-02." in report.notices
    assert not any("no bar" in notice for notice in Desk().prices(*CLEAN).notices)


def test_minutes_that_a_session_lacks_are_a_notice() -> None:
    # 2010-11-26 is a half day: 210 minutes from 14:30 to 18:00 UTC; the 3rd and the last one are missing, of the day
    # before (Thanksgiving) there is none, and of the next session all but the first 385
    half = [f"KO,2010-11-26T{14 + (30 + n) // 60}:{(30 + n) % 60:02}:00Z,5,5,5,5,1" for n in range(209) if n != 2]
    whole = [f"KO,2010-11-29T{14 + (30 + n) // 60}:{(30 + n) % 60:02}:00Z,5,5,5,5,1" for n in range(385, 391)]
    report = Desk().prices(*half, *whole, bar_stamp="start")
    assert report.rows_taken == 208 + 5
    assert "387 bars of KO are missing within 2 sessions, the first from 2010-11-26T14:32:00Z on." in report.notices
    assert "1 bar of KO lies outside regular trading hours and was left out." in report.notices


def test_a_file_imported_again_without_a_day_drops_the_day() -> None:
    desk = Desk()
    desk.prices(*CLEAN)
    report = desk.prices(CLEAN[0], CLEAN[2])
    bars = desk.market.read_bars("KO", Timeframe.DAY, "file", MARCH)
    assert bars is not None
    assert [str(day) for day in bars.session] == ["2010-03-01", "2010-03-03"]
    assert any("1 bars of KO stored before are not in the file" in notice for notice in report.notices)


def test_days_without_a_session_are_refused_by_row() -> None:
    report = Desk().prices(*CLEAN, "KO,2010-03-06,12,14,11,13,700")
    assert report.rows_taken == 3
    (refusal,) = report.refused
    assert "exchange was closed, e.g. 2010-03-06" in refusal.reason
    assert (refusal.rows, refusal.lines) == (1, (5,))


def test_missing_columns_are_named_with_what_is_there() -> None:
    with pytest.raises(
        InvalidInput, match="no column close; its columns are ticker, date, open, high, low, clsoe"
    ) as e:
        Desk().prices(*CLEAN, header=HEADER.replace("close", "clsoe"))
    assert e.value.hint == 'did you mean "clsoe"?'
    with pytest.raises(InvalidInput, match="no column symbol or ticker"):
        Desk().prices(*CLEAN, header=HEADER.replace("ticker", "name"))


def test_a_symbol_can_be_stated_or_chosen() -> None:
    no_column = Desk().prices("2010-03-01,10,12,9,11,500", header=HEADER.removeprefix("ticker,"), symbol="ko")
    assert [taken.symbol for taken in no_column.taken] == ["KO"]
    chosen = Desk().prices(*CLEAN, "PEP,2010-03-01,10,12,9,11,500", symbol="PEP")
    assert [taken.symbol for taken in chosen.taken] == ["PEP"]
    with pytest.raises(InvalidInput, match="is no ticker"):
        Desk().prices(*CLEAN, symbol="what is this")


def test_a_file_without_the_symbol_names_those_it_has() -> None:
    with pytest.raises(InvalidInput) as refused:
        Desk().prices(*CLEAN, "PEP,2010-03-01,10,12,9,11,500", symbol="MSFT")
    told = "Nothing of prices.csv could be taken: it has no row of MSFT; there are rows of KO, PEP (4 rows)."
    assert refused.value.message == told


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ("2010-03-02T00:00:00+09:00", "mixes time zones"),
        ("2010-03-02T21:00:00", "mixes time zones"),
        ("yesterday", 'Row 2 of prices.csv has the time "yesterday"'),
    ],
)
def test_times_that_cannot_be_understood_refuse_the_file(second: str, message: str) -> None:
    lines = ("KO,2010-03-01T00:00:00-05:00,10,12,9,11,500", f"KO,{second},11,13,10,12,600")
    with pytest.raises(InvalidInput, match=message):
        Desk().prices(*lines)


def test_midnights_in_a_zone_are_days() -> None:
    # the clock changed on 2010-03-14
    report = Desk().prices(
        "KO,2010-03-12T00:00:00-05:00,10,12,9,11,500", "KO,2010-03-15T00:00:00-04:00,11,13,10,12,600"
    )
    assert (report.taken[0].start, report.taken[0].end) == (date(2010, 3, 12), date(2010, 3, 15))


def test_shorter_bars_need_to_say_what_their_time_is() -> None:
    lines = [f"KO,2010-03-01T14:{m}:00Z,10,12,9,11,500" for m in (29, 30, 31)]
    with pytest.raises(InvalidInput, match="start or the end") as caught:
        Desk().prices(*lines)
    assert "--bar-stamp start" in caught.value.hint
    desk = Desk()
    report = desk.prices(*lines, bar_stamp="start")
    assert report.rows_taken == 2
    assert report.refused == ()  # extended hours are no fault of the file
    assert "1 bar of KO lies outside regular trading hours and was left out." in report.notices
    bars = desk.market.read_bars("KO", Timeframe.MINUTE, "file", MARCH)
    assert bars is not None
    assert str(bars.start[0]) == "2010-03-01T14:30:00"
    ended = Desk().prices(*lines, bar_stamp="end")
    assert ended.rows_taken == 1  # 14:31 ends the first minute


@pytest.mark.parametrize(("column", "said"), [("ts_utc_bar_end", "start"), ("ts_utc_bar_start", "end")])
def test_a_stamp_that_contradicts_its_column_is_refused(column: str, said: Literal["start", "end"]) -> None:
    header = HEADER.replace("date", column)
    line = "KO,2010-03-01T14:31:00Z,10,12,9,11,500"
    with pytest.raises(InvalidInput, match=rf"The column {column} names the .* but the bar stamp is stated as {said}"):
        Desk().prices(line, header=header, bar_stamp=said)


def test_other_prices_for_a_part_of_what_is_stored_are_refused() -> None:
    desk = Desk()
    desk.prices(*CLEAN)
    with pytest.raises(InvalidInput, match=r"differ from those imported before.*2010-03-01\.\.2010-03-03"):
        desk.prices("KO,2010-03-03,6,7,5.5,6.5,700", "KO,2010-03-04,6,7,5.5,6.5,700")
    longer = (*(line.replace(",700", ",800") for line in CLEAN), "KO,2010-03-04,12,14,11,13,700")
    assert desk.prices(*longer).rows_new == 1


def test_other_adjustments_for_a_part_of_what_is_stored_are_refused() -> None:
    desk, header = Desk(), f"{HEADER},adjustment"
    desk.prices(*(f"{line},0.5" for line in CLEAN), header=header)
    with pytest.raises(InvalidInput, match=r"KO is adjusted by other factors.*2010-03-01\.\.2010-03-03"):
        desk.prices(f"{CLEAN[2]},0.4", "KO,2010-03-04,12,14,11,13,700,0.4", header=header)
    assert desk.prices(f"{CLEAN[2]},0.5", "KO,2010-03-04,12,14,11,13,700,0.5", header=header).rows_new == 1
    assert desk.prices(*(f"{line},0.4" for line in CLEAN), "KO,2010-03-04,12,14,11,13,700,0.4", header=header).taken


@given(st.lists(values, min_size=1, max_size=5), values)
def test_no_price_whatever_breaks_an_import(times: list[Any], price: Any) -> None:
    size = len(times)
    columns = {name: [price] * size for name in ("open", "high", "low", "close")} | {"date": times}
    table = FileTable(columns, range(1, size + 1))
    imports = Imports((MemoryMarketStore(), MemoryPostStore()), lambda *_: table, lambda _: None, lambda: NOW)
    with pytest.raises(InvalidInput):
        imports.import_prices("rows", symbol="KO")


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(NotFound, match=r"no file nowhere\.csv"):
        Desk().imports.import_prices("nowhere.csv")


def test_parquet_and_csv_give_the_same(own_home: Path) -> None:
    rows = {"ticker": ["KO"], "date": [datetime(2010, 3, 1)], "open": [10.0], "high": [12.0], "low": [9.0]}  # noqa: DTZ001
    parquet.write_table(pa.table(rows | {"close": [11.0], "volume": [500]}), "prices.parquet")
    one, other = Desk(), Desk()
    one.imports.import_prices("prices.parquet")
    other.prices(CLEAN[0])
    found = [desk.market.read_bars("KO", Timeframe.DAY, "file", MARCH) for desk in (one, other)]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].content_hash == found[1].content_hash
