"""Real files of prices and posts, and what the time rule means on them."""

import gzip
import json
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
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
