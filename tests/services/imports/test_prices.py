"""Prices: clean series are taken, a bad bar refuses its symbol, two versions never mix."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

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
    assert report.notices == ("Open, high, low and close were scaled by Adj Close / close.",)


def test_a_jump_like_a_split_needs_consent() -> None:
    lines = (*CLEAN, "KO,2010-03-04,6.5,7,6,6.6,900")
    with pytest.raises(InvalidInput, match=r"KO on 2010-03-04: 0\.508 times the close before, like a 2:1 split"):
        Desk().prices(*lines)
    assert Desk().prices(*lines, accept_jumps=True).rows_taken == 4


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
    assert "outside regular trading hours" in report.refused[0].reason
    bars = desk.market.read_bars("KO", Timeframe.MINUTE, "file", MARCH)
    assert bars is not None
    assert str(bars.start[0]) == "2010-03-01T14:30:00"
    ended = Desk().prices(*lines, bar_stamp="end")
    assert ended.rows_taken == 1  # 14:31 ends the first minute


def test_other_prices_for_a_part_of_what_is_stored_are_refused() -> None:
    desk = Desk()
    desk.prices(*CLEAN)
    with pytest.raises(InvalidInput, match=r"differ from those imported before.*2010-03-01\.\.2010-03-03"):
        desk.prices("KO,2010-03-03,6,7,5.5,6.5,700", "KO,2010-03-04,6,7,5.5,6.5,700")
    longer = (*(line.replace(",700", ",800") for line in CLEAN), "KO,2010-03-04,12,14,11,13,700")
    assert desk.prices(*longer).rows_new == 1


@given(st.lists(values, min_size=1, max_size=5), values)
def test_no_price_whatever_breaks_an_import(times: list[Any], price: Any) -> None:
    size = len(times)
    columns = {name: [price] * size for name in ("open", "high", "low", "close")} | {"date": times}
    table = FileTable(columns, range(1, size + 1))
    imports = Imports((MemoryMarketStore(), MemoryPostStore()), lambda _: table, lambda _: None, lambda: NOW)
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
