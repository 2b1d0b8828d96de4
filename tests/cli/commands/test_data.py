"""Files of the user are imported with a report, and the store says what it holds."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Backproof

POSTS = """created_at,text,symbol,channel
2012-01-03T15:00:00Z,great results,AAPL,reddit
2012-01-04T16:00:00Z,meh,AAPL,reddit
yesterday,who knows,AAPL,reddit
"""
PRICES = """date,open,high,low,close,adj_close,volume
2012-01-03,10,11,9,10,10,100
2012-01-04,10,12,10,11,11,200
"""


@pytest.fixture
def posts_file(own_home: Path) -> Path:
    path = own_home / "posts.csv"
    path.write_text(POSTS, encoding="utf-8")
    return path


def test_posts_are_taken_and_bad_rows_refused_by_line(backproof: Backproof, posts_file: Path) -> None:
    ended = backproof("data", "import", "posts", str(posts_file), "--json")
    report = json.loads(ended.stdout)
    assert ended.code == 0
    assert (report["rows_new"], report["rows_already_stored"], report["rows_refused"]) == (2, 0, 1)
    assert report["refused"][0]["lines"] == [4]
    again = " ".join(backproof("data", "import", "posts", str(posts_file)).stdout.split())
    assert "2 rows taken: 0 new, 2 already there; 1 refused." in again  # a long path breaks the line


def test_prices_are_taken_and_shown_in_the_status(backproof: Backproof, own_home: Path) -> None:
    path = own_home / "prices.csv"
    path.write_text(PRICES, encoding="utf-8")
    assert "XYZ" in backproof("data", "import", "prices", str(path), "--symbol", "xyz").stdout
    bars = json.loads(backproof("data", "status", "--json").stdout)["bars"]
    assert [(line["symbol"], line["start"], line["end"], line["bars"]) for line in bars] == [
        ("XYZ", "2012-01-03", "2012-01-04", 2)
    ]
    assert "XYZ" in backproof("data", "status").stdout


def test_news_are_posts_of_their_own_channel(backproof: Backproof, posts_file: Path) -> None:
    report = json.loads(backproof("data", "import", "news", str(posts_file), "--json").stdout)
    assert [entry["series"] for entry in report["taken"]] == ["news"]


def test_a_missing_file_is_not_found(backproof: Backproof) -> None:
    assert backproof("data", "import", "prices", "gone.csv").code == 3


def test_migrating_twice_applies_nothing(backproof: Backproof) -> None:
    assert json.loads(backproof("data", "migrate", "--json").stdout)["applied"]
    assert json.loads(backproof("data", "migrate", "--json").stdout) == {"applied": []}
    assert backproof("data", "migrate").stdout == "The database is up to date.\n"
