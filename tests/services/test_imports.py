"""Imports take clean rows, refuse the others with a reason, and never mix two versions of prices."""

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from backend.domain.errors import InvalidInput, NotFound
from backend.domain.periods import Period
from backend.domain.ports import FileTable
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.providers.files import read_table
from backend.services.imports import ImportReport, Imports
from tests.services.memory_stores import MemoryMarketStore, MemoryPostStore

MARCH = Period(start=date(2010, 3, 1), end=date(2010, 3, 31))
HEADER = "ticker,date,open,high,low,close,volume"
# Monday to Wednesday
CLEAN = ("KO,2010-03-01,10,12,9,11,500", "KO,2010-03-02,11,13,10,12,600", "KO,2010-03-03,12,14,11,13,700")


class Desk:
    """Imports over stores in memory; remembers which symbols were to be forgotten."""

    def __init__(self) -> None:
        self.market = MemoryMarketStore()
        self.posts = MemoryPostStore()
        self.forgotten: list[str] = []
        self.imports = Imports(self.market, self.posts, read_table, self.forgotten.append)

    def prices(self, *lines: str, header: str = HEADER, **options: Any) -> ImportReport:
        path = Path("prices.csv")
        path.write_text("\n".join((header, *lines)), encoding="utf-8")
        return self.imports.import_prices(str(path), **options)

    def records(self, *rows: dict[str, Any] | str, **options: Any) -> ImportReport:
        path = Path("posts.jsonl")
        path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8")
        return self.imports.import_posts(str(path), **options)


def post(**changes: Any) -> dict[str, Any]:
    stated = {"id": "p1", "created_at": "2010-03-01T15:00:00Z", "ticker": "KO", "source": "twitter", "text": "up"}
    return stated | changes


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
    assert desk.market.coverage("KO", Timeframe.DAY, "file") == (Period(start=taken.start, end=taken.end),)
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
    ("line", "message"),
    [
        ("KO,2010-03-03,12,14,11,13,700", "appears twice"),
        ("KO,2010-03-01,12,14,11,13,700", "out of order|appears twice"),
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
    assert refusal.rows == 4
    with pytest.raises(InvalidInput, match=message):
        Desk().prices(*CLEAN, line)


def test_unsorted_rows_are_refused() -> None:
    with pytest.raises(InvalidInput, match="out of order"):
        Desk().prices(CLEAN[1], CLEAN[0])


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


def test_posts_are_taken_once() -> None:
    desk = Desk()
    rows = (post(), post(id="p2", user="ann", score=3), post(ticker="PEP"))  # one text about two symbols
    report = desk.records(*rows)
    assert [(t.symbol, t.series, t.rows) for t in report.taken] == [("KO", "twitter", 2), ("PEP", "twitter", 1)]
    assert (report.rows_new, report.rows_already_stored) == (3, 0)
    again = desk.records(*rows)
    assert (again.rows_new, again.rows_already_stored) == (0, 3)


def stored(desk: Desk) -> list[Any]:
    return [post for posts in desk.posts.posts.values() for post in posts.values()]


def test_a_date_alone_counts_from_the_midnight_that_ends_it() -> None:
    desk = Desk()
    desk.records(post(created_at="2010-03-01"), post(id="p2", created_at="2010-03-02T15:00:00Z", date_only=True))
    assert [(p.created_at, p.date_only) for p in stored(desk)] == [
        (datetime(2010, 3, 2, tzinfo=UTC), True),
        (datetime(2010, 3, 3, tzinfo=UTC), True),
    ]


def test_lists_of_tickers_titles_and_epochs_are_read() -> None:
    desk = Desk()
    row = post(tickers=["$KO", "pep", "KO"], title="Soda", text="[removed]", created_at=1_267_455_600)
    del row["ticker"]
    desk.records(row)
    assert [(p.symbol, p.text, p.created_at.isoformat()) for p in stored(desk)] == [
        ("KO", "Soda", "2010-03-01T15:00:00+00:00"),
        ("PEP", "Soda", "2010-03-01T15:00:00+00:00"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (post(created_at="soon"), "no date or time"),
        (post(created_at=None), "no date or time"),
        (post(created_at="2010-03-01T15:00:00"), "without a zone"),
        (post(created_at="1970-01-01T00:00:00Z"), "outside 1990..2035"),
        (post(text=" "), "no text"),
        (post(text="[deleted]"), "no text"),
        (post(ticker=None), "names no symbol"),
        (post(ticker="not a ticker!"), "no ticker"),
        (post(source="telegraph"), 'no channel "telegraph"'),
        ("{broken", "not a JSON object"),
        ("[1, 2]", "not a JSON object"),
        (post(), "occur twice"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_no_other(row: dict[str, Any] | str, reason: str) -> None:
    report = Desk().records(post(), row)
    assert report.rows_taken == 1
    (refusal,) = report.refused
    assert reason in refusal.reason
    assert (refusal.rows, refusal.lines) == (1, (2,))


def test_when_nothing_can_be_taken_the_reasons_are_told() -> None:
    with pytest.raises(InvalidInput, match=r"Nothing of posts\.jsonl could be taken: there is no text"):
        Desk().records(post(text=""))


def test_a_channel_and_a_symbol_can_be_stated() -> None:
    desk = Desk()
    desk.records({"created_at": "2010-03-01T15:00:00Z", "text": "up"}, channel="Reddit", symbol="ko")
    (made,) = stored(desk)
    assert (made.channel, made.symbol) == ("reddit", "KO")
    assert made.id.startswith("row_")
    with pytest.raises(InvalidInput, match='no channel "redit"') as caught:
        desk.records(post(), channel="redit")
    assert caught.value.hint == 'did you mean "reddit"?'
    with pytest.raises(InvalidInput, match="no column channel or source"):
        desk.records({"created_at": "2010-03-01", "text": "up", "ticker": "KO"})


values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.text(max_size=3))
)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(post(), values)), min_size=1, max_size=5))
def test_no_row_whatever_breaks_an_import(rows: list[dict[str, Any]]) -> None:
    names = list(post())
    columns = {name: [*(row[name] for row in rows), post(id="sound")[name]] for name in names}
    table = FileTable(columns, range(1, len(rows) + 2))
    posts = MemoryPostStore()
    report = Imports(MemoryMarketStore(), posts, lambda _: table, lambda _: None).import_posts("rows")
    assert report.rows_taken >= 1


@given(st.lists(values, min_size=1, max_size=5), values)
def test_no_price_whatever_breaks_an_import(times: list[Any], price: Any) -> None:
    size = len(times)
    columns = {name: [price] * size for name in ("open", "high", "low", "close")} | {"date": times}
    table = FileTable(columns, range(1, size + 1))
    imports = Imports(MemoryMarketStore(), MemoryPostStore(), lambda _: table, lambda _: None)
    with pytest.raises(InvalidInput):
        imports.import_prices("rows", symbol="KO")


def test_real_price_files(real_data: Path) -> None:
    desk = Desk()
    report = desk.imports.import_prices(str(real_data / "prices_daily.parquet"))
    assert (report.rows_taken, len(report.taken), report.refused) == (8_508, 12, ())
    raw = desk.imports.import_prices(str(real_data / "prices_daily_raw_unadjusted_2007_2016.parquet"))
    assert (raw.rows_taken, raw.refused) == (15_108, ())
    assert Desk().imports.import_prices(str(real_data / "prices_daily_2020.parquet")).rows_taken == 3_556


def test_the_split_of_coca_cola_is_seen_in_raw_prices(real_data: Path) -> None:
    table = parquet.read_table(real_data / "prices_daily_raw_unadjusted_2007_2016.parquet")
    parquet.write_table(table.drop_columns(["adj_close"]), "raw.parquet")
    report = Desk().imports.import_prices("raw.parquet")
    assert [refusal.reason for refusal in report.refused if "KO on 2012-08-13" in refusal.reason]
    assert "KO" not in {taken.symbol for taken in report.taken}


def test_real_minutes(real_data: Path) -> None:
    desk = Desk()
    report = desk.imports.import_prices(str(real_data / "intraday_1min_spy.parquet"), bar_stamp="start")
    bars = desk.market.read_bars(
        "SPY", Timeframe.MINUTE, "file", Period(start=date(2024, 1, 1), end=date(2024, 12, 31))
    )
    assert bars is not None
    # 33 regular sessions of 390 minutes, no bar missing, across the clock change of 2024-03-10
    assert report.rows_taken == len(bars) == 33 * 390


@pytest.mark.parametrize(
    ("name", "taken", "refused"),
    [
        ("posts_twitter", 33_793, 0),
        ("posts_stocktwits_2020", 4_864, 0),
        ("news", 6_931, 0),
        ("posts_reddit", 1_612, 3_182),
    ],
)
def test_real_post_files(real_data: Path, name: str, taken: int, refused: int) -> None:
    report = Desk().imports.import_posts(str(real_data / f"{name}.jsonl.gz"))
    assert (report.rows_taken, report.rows_refused) == (taken, refused)


def test_how_many_real_tweets_come_after_the_close(real_data: Path) -> None:
    with gzip.open(real_data / "posts_twitter.jsonl.gz", "rt", encoding="utf-8") as lines:
        stamps = [json.loads(line)["created_at"] for line in lines]
    created_at = np.array([stamp.removesuffix("Z") for stamp in stamps], dtype="datetime64[s]")
    calendar = trading_calendar(date(2013, 12, 20), date(2015, 7, 10))
    session = calendar.sessions[calendar.session_index_of_posts(created_at, np.zeros(created_at.size, dtype=np.bool_))]
    new_york = np.array(
        [datetime.fromisoformat(stamp).astimezone(ZoneInfo("America/New_York")).date() for stamp in stamps],
        dtype="datetime64[D]",
    )
    # of all posts: put into the wrong session by the date in New York (those after the close), and by the date in UTC
    shares = [
        100 * (np.isin(day, calendar.sessions) & (session != day)).mean()
        for day in (new_york, created_at.astype("datetime64[D]"))
    ]
    assert [round(float(share), 1) for share in shares] == [23.9, 13.8]


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
