"""Several files of posts make known what lies in each of them, and nothing of the years between."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from backend.domain.errors import DataUnavailable
from backend.domain.periods import Period
from backend.domain.sentiment import COVERAGE_CODES, SentimentDataset
from backend.engine.calendar import trading_calendar
from backend.providers.files import read_table
from backend.services.imports import ImportReport, Imports
from tests.services.datasets.desk import Desk, only
from tests.services.memory_stores import MemoryMarketStore

YEARS = Period(start=date(2014, 3, 3), end=date(2020, 3, 6))
MARCH_2014 = ("2014-03-03T15:00:00+00:00", "2014-03-05T15:00:00+00:00", "2014-03-07T15:00:00+00:00")
MARCH_2020 = ("2020-03-02T15:00:00+00:00", "2020-03-06T15:00:00+00:00")
SESSIONS_OF_2014_2020 = len(trading_calendar(YEARS.start, YEARS.end))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "posts.jsonl"


def bring(desk: Desk, file: Path, *moments: str) -> ImportReport:
    rows = [{"id": m, "created_at": m, "symbol": "KO", "channel": "reddit", "text": f"bullish {m}"} for m in moments]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    imports = Imports((MemoryMarketStore(), desk.stores.posts), read_table, desk.manager.forget, lambda: desk.now)
    return imports.import_posts(str(file))


def prefetched(desk: Desk, period: Period = YEARS) -> SentimentDataset:
    return only(desk.prefetch(period, channels=["reddit"], symbols=["KO"]))


def coverage(dataset: SentimentDataset) -> list[str]:
    return [COVERAGE_CODES[code].value for code in dataset.days.coverage]


def test_the_years_between_two_files_are_not_fetched(desk: Desk, file: Path) -> None:
    bring(desk, file, *MARCH_2014)
    bring(desk, file, *MARCH_2020)
    found = desk.prefetch(YEARS, channels=["reddit"], symbols=["KO"])
    dataset = only(found)
    with_posts, empty = "fetched-with-posts", "fetched-empty"
    assert coverage(dataset) == [
        *(with_posts, empty, with_posts, empty, with_posts),
        *["not-fetched"] * (SESSIONS_OF_2014_2020 - 10),
        *(with_posts, empty, empty, empty, with_posts),
    ]
    assert dataset.metadata.coverage == 10 / SESSIONS_OF_2014_2020
    assert np.isnan(dataset.days.mean[5:-5]).all()
    assert not dataset.days.fetched[5:-5].any()
    assert any("2014-03-03..2020-03-06 but for 2014-03-10..2020-02-28;" in notice for notice in found.notices)


def test_a_period_between_two_files_is_refused_with_what_there_is(desk: Desk, file: Path) -> None:
    bring(desk, file, *MARCH_2014)
    bring(desk, file, *MARCH_2020)
    with pytest.raises(DataUnavailable, match=r"file 2014-03-03\.\.2014-03-07 and 2020-03-02\.\.2020-03-06"):
        prefetched(desk, Period(start=date(2016, 1, 4), end=date(2016, 12, 30)))


def test_files_that_overlap_or_follow_each_other_have_no_hole(desk: Desk, file: Path) -> None:
    bring(desk, file, "2014-03-11T15:00:00+00:00", "2014-03-14T15:00:00+00:00")
    assert bring(desk, file, *MARCH_2014).notices  # Monday lies between them
    assert bring(desk, file, "2014-03-06T15:00:00+00:00", "2014-03-10T15:00:00+00:00").notices == ()
    dataset = prefetched(desk, Period(start=date(2014, 3, 3), end=date(2014, 3, 14)))
    assert dataset.days.fetched.all()


def test_the_same_file_twice_adds_nothing(desk: Desk, file: Path) -> None:
    bring(desk, file, *MARCH_2014)
    spans, runs = desk.stores.posts.post_spans(), desk.stores.posts.collection_runs(9)
    first = prefetched(desk)
    assert bring(desk, file, *MARCH_2014).rows_new == 0
    assert (desk.stores.posts.post_spans(), desk.stores.posts.collection_runs(9)) == (spans, runs)
    assert prefetched(desk.next_process()).id == first.id
    assert len(runs) == 1


def test_a_file_of_known_posts_alone_makes_known_what_lies_between(desk: Desk, file: Path) -> None:
    bring(desk, file, *MARCH_2014)
    bring(desk, file, *MARCH_2020)
    before = prefetched(desk)
    assert bring(desk, file, MARCH_2014[0], MARCH_2020[-1]).rows_new == 0
    after = prefetched(desk)
    assert (before.metadata.coverage < 0.01, after.metadata.coverage) == (True, 1.0)


def test_posts_of_an_older_database_are_known_from_first_to_last(desk: Desk) -> None:
    desk.import_posts(*MARCH_2014, symbol="KO")  # as posts alone, of which no import is on record
    assert prefetched(desk).days.fetched[:6].tolist() == [True] * 5 + [False]
