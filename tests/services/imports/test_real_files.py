"""Real files of prices and posts, and what the time rule means on them."""

import gzip
import json
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pyarrow import compute as pc
from pyarrow import parquet

from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from tests.services.imports.desk import Desk


def test_real_price_files(real_data: Path) -> None:
    desk = Desk()
    report = desk.imports.import_prices(str(real_data / "prices_daily.parquet"))
    assert (report.rows_taken, len(report.taken), report.refused) == (8_508, 12, ())
    raw = desk.imports.import_prices(str(real_data / "prices_daily_raw_unadjusted_2007_2016.parquet"))
    assert (raw.rows_taken, raw.refused) == (15_108, ())
    assert "Open, high, low and close were scaled by adj_close / close." in raw.notices
    assert not any("jump" in notice for notice in raw.notices)
    assert Desk().imports.import_prices(str(real_data / "prices_daily_2020.parquet")).rows_taken == 3_556


def test_the_split_of_coca_cola_is_seen_in_raw_prices(real_data: Path) -> None:
    table = parquet.read_table(real_data / "prices_daily_raw_unadjusted_2007_2016.parquet")
    parquet.write_table(table.drop_columns(["adj_close"]), "raw.parquet")
    desk = Desk()
    report = desk.imports.import_prices("raw.parquet")
    (refusal,) = report.refused
    assert "KO on 2012-08-13: 0.499 times the close before, like a 2:1 split" in refusal.reason
    assert "a strategy would take for a loss of 50 % that no shareholder had" in refusal.reason
    assert (refusal.rows, len(refusal.lines)) == (2_518, 1)
    # no false alarm, through the crash of 2008: the others had no split in these years
    assert [taken.symbol for taken in report.taken] == ["HD", "INTC", "JPM", "WMT", "XOM"]


def test_raw_prices_are_those_that_were_paid(real_data: Path) -> None:
    file = real_data / "prices_daily_raw_unadjusted_2007_2016.parquet"
    desk = Desk()
    desk.imports.import_prices(str(file))
    bars = desk.market.read_bars("KO", Timeframe.DAY, "file", Period(start=date(2007, 1, 1), end=date(2016, 12, 31)))
    assert bars is not None
    table = parquet.read_table(file)
    paid = table.filter(pc.equal(table["ticker"], "KO"))["close"].to_numpy()
    np.testing.assert_allclose(bars.close / bars.adjustment, paid, rtol=1e-14)
    split = int(np.searchsorted(bars.session, np.datetime64("2012-08-13")))
    # between two sessions the adjustment doubles with the split alone: no dividend was paid
    assert bars.adjustment[split] / bars.adjustment[split - 1] == pytest.approx(2, rel=1e-4)


def test_real_minutes(real_data: Path) -> None:
    desk = Desk()
    report = desk.imports.import_prices(str(real_data / "intraday_1min_spy.parquet"), bar_stamp="start")
    bars = desk.market.read_bars(
        "SPY", Timeframe.MINUTE, "file", Period(start=date(2024, 1, 1), end=date(2024, 12, 31))
    )
    assert bars is not None
    # 33 regular sessions of 390 minutes, no bar missing, across the clock change of 2024-03-10
    assert report.rows_taken == len(bars) == 33 * 390
    # the file has 25,954 rows, from 04:00 to 20:00 in New York
    assert report.refused == ()
    assert "13,084 bars of SPY lie outside regular trading hours and were left out." in report.notices
    assert not any("missing" in notice for notice in report.notices)
    opens = {str(start)[11:] for start in bars.start[::390]}
    assert opens == {"14:30:00", "13:30:00"}


def test_real_minutes_that_lack_some(real_data: Path) -> None:
    report = Desk().imports.import_prices(str(real_data / "intraday_1min_10syms_2019w07.parquet"), bar_stamp="end")
    assert (len(report.taken), report.rows_taken, report.refused) == (10, 19_482, ())
    # 10 symbols in 5 sessions of 390 minutes would have 19,500
    counts = [int(notice.split()[0]) for notice in report.notices if "missing within" in notice]
    assert sum(counts) == 18
    assert "6 bars of AMZN are missing within 4 sessions, the first from 2019-02-12T17:55:00Z on." in report.notices


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
