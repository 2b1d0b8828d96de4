"""Files of the user are imported with a report; the store says what it holds, and gives or deletes it on request."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands.conftest import Finished
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
    command = ("data", "import", "prices", str(path), "--symbol", "xyz")
    assert "XYZ" in backproof(*command).stdout
    again = " ".join(backproof(*command).stdout.split())
    assert "2 rows taken: 0 new, 2 in place of those stored before; 0 refused." in again
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


def test_migrating_says_which_steps_were_applied_and_then_none(backproof: Backproof) -> None:
    first = json.loads(backproof("data", "migrate", "--json").stdout)
    assert first["applied"]
    assert first["push"] is None
    assert json.loads(backproof("data", "migrate", "--json").stdout) == {"applied": [], "push": None}
    assert backproof("data", "migrate").stdout == "The database is up to date.\n"


def test_the_steps_are_counted_for_people(backproof: Backproof) -> None:
    assert re.match(r"\d+ steps? applied: 1 ", backproof("data", "migrate").stdout)


@pytest.mark.parametrize(
    ("url", "command"),
    [
        ("https://abcd.supabase.co", "supabase link --project-ref abcd && supabase db push"),
        ("http://localhost:54321", "supabase db push --db-url DSN"),
    ],
)
def test_a_supabase_project_is_migrated_by_its_own_tool(
    backproof: Backproof, monkeypatch: pytest.MonkeyPatch, url: str, command: str
) -> None:
    monkeypatch.setenv("SUPABASE_URL", url)
    assert json.loads(backproof("data", "migrate", "--json").stdout) == {"applied": [], "push": command}
    assert command in backproof("data", "migrate").stdout


@pytest.fixture
def warmed(backproof: Backproof) -> list[dict[str, Any]]:
    """IBM and AAPL from the sample, and a symbol that nobody has between them."""
    ended = backproof("data", "warm", "ibm,ZZZZ", "AAPL", "--start", "2012-01-01", "--end", "2012-03-31", "--json")
    assert ended.code == 4
    results: list[dict[str, Any]] = json.loads(ended.stdout)["warmed"]
    return results


def test_a_symbol_that_fails_does_not_stop_the_others(warmed: list[dict[str, Any]]) -> None:
    # the exchange was open on 62 days from January to March of 2012
    assert [(result["symbol"], result["bars"]) for result in warmed] == [("IBM", 62), ("ZZZZ", 0), ("AAPL", 62)]
    assert [bool(result["failed_reason"]) for result in warmed] == [False, True, False]
    assert "ZZZZ" in warmed[1]["failed_reason"]


@pytest.mark.usefixtures("warmed")
def test_warming_again_fetches_nothing(backproof: Backproof) -> None:
    ended = backproof("data", "warm", "AAPL", "--start", "2012-01-01", "--end", "2012-03-31", "--json")
    assert ended.code == 0
    (result,) = json.loads(ended.stdout)["warmed"]
    assert (result["fetched_bars"], result["source_calls"], result["bars"]) == (0, 0, 62)
    shown = backproof("data", "warm", "AAPL", "--start", "2012-01-01", "--end", "2012-03-31")
    assert "✓  AAPL" in shown.stdout
    assert "\x1b" not in shown.stdout  # no bar where nobody watches


@pytest.mark.usefixtures("warmed")
def test_the_status_tells_what_is_complete(backproof: Backproof) -> None:
    status = json.loads(backproof("data", "status", "--json").stdout)
    assert status.keys() == {"bars", "posts", "datasets", "bots", "model_replies", "outbox"}
    line = status["bars"][0]
    assert (line["symbol"], line["bars"], line["sessions_missing"]) == ("AAPL", 62, 0)
    assert [(part["start"], part["end"]) for part in line["covered"]] == [("2012-01-01", "2012-03-31")]


@pytest.mark.usefixtures("warmed")
def test_clearing_asks_first(backproof: Backproof) -> None:
    refused = backproof("data", "clear", "AAPL")
    assert refused.code == 2
    assert "There is nobody to ask" in refused.stderr
    assert "--yes" in refused.stderr
    cleared = json.loads(backproof("data", "clear", "aapl", "--yes", "--json").stdout)
    assert (cleared["symbol"], cleared["bars"], cleared["kept_by_bots"]) == ("AAPL", 62, [])
    before = json.loads(backproof("data", "clear", "--before", "2012-02-01", "--yes", "--json").stdout)
    assert before["bars"] == 20  # sessions of January 2012 that IBM has left
    assert "0 bars of AAPL deleted." in backproof("data", "clear", "AAPL", "--yes").stdout


@pytest.mark.usefixtures("warmed")
def test_pruning_keeps_daily_bars(backproof: Backproof) -> None:
    pruned = json.loads(backproof("data", "prune", "--json").stdout)["pruned"]
    assert {part["timeframe"] for part in pruned} == {"1m", "5m", "15m", "1h"}
    assert sum(part["bars"] for part in pruned) == 0
    ended = backproof("data", "prune")
    assert (ended.code, ended.stdout) == (0, "There is nothing to delete.\n")
    assert len(json.loads(backproof("data", "status", "--json").stdout)["bars"]) == 2


@pytest.mark.usefixtures("warmed")
@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_an_export_is_taken_back_by_an_import(backproof: Backproof, own_home: Path, ending: str) -> None:
    file = own_home / f"aapl.{ending}"
    written = json.loads(backproof("data", "export", "AAPL", "--output", str(file), "--json").stdout)
    assert (written["rows"], written["format"], written["source"]) == (62, ending, "sample")
    report = json.loads(backproof("data", "import", "prices", str(file), "--json").stdout)
    assert (report["rows_new"], report["rows_refused"]) == (62, 0)


@pytest.mark.usefixtures("warmed")
def test_a_file_that_is_there_is_replaced_on_request_only(backproof: Backproof, own_home: Path) -> None:
    file = own_home / "prices"
    file.write_text("mine")
    command = ("data", "export", "IBM", "--output", str(file), "--format", "csv")
    assert backproof(*command).code == 2
    assert file.read_text() == "mine"
    assert "62 bars of IBM from sample" in " ".join(backproof(*command, "--overwrite").stdout.split())
    assert file.read_text().startswith("symbol,source,date,")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("warm AAPL --start tomorrow", 2, "--start tomorrow is not a date."),
        ("warm AAPL --start 2012-01-01 --end 2011-01-01", 2, "is before the start"),
        ("warm AAPL --timeframe 2d", 2, "--timeframe 2d is not a timeframe."),
        ("warm ,", 2, "There is no symbol to warm."),
        ("warm", 2, "Missing argument"),
        ("clear", 2, "Nothing says which prices to delete."),
        ("clear --before soon", 2, "--before soon is not a date."),
        ("export AAPL", 2, "Missing option '--output'"),
        ("export AAPL --output x.txt", 2, "names no format"),
        ("export AAPL --output x.csv --format xml", 2, "--format"),
        ("export AAPL --output x.csv", 4, "No 1d bars of AAPL are stored."),
        ("cleanup --older-than -1", 2, "it must be greater than or equal to 0"),
        ("cleanup --older-than soon", 2, "--older-than"),
    ],
)
def test_what_cannot_be_done_is_told(backproof: Backproof, arguments: str, code: int, message: str) -> None:
    ended = backproof("data", *arguments.split())
    assert (ended.code, ended.stdout) == (code, "")
    assert message in ended.stderr


@pytest.mark.slow
def test_cleaning_up_spares_what_a_bot_uses(backproof: Backproof, own_kept: Finished) -> None:
    (row,) = json.loads(backproof("data", "status", "--json").stdout)["datasets"]
    assert row["bots"] == [own_kept.document["bot_id"]]
    cleaning = ("data", "cleanup", "--older-than", "0")
    assert json.loads(backproof(*cleaning, "--apply", "--json").stdout)["deleted"] == 0
    assert backproof("bots", "delete", own_kept.document["bot_id"], "--yes").code == 0
    dry = json.loads(backproof(*cleaning, "--json").stdout)
    assert ([link["id"] for link in dry["datasets"]], dry["applied"], dry["deleted"]) == ([row["id"]], False, 0)
    assert "1 would be deleted; add --apply to do it." in backproof(*cleaning).stdout
    assert "1 deleted." in backproof(*cleaning, "--apply").stdout
    assert json.loads(backproof("data", "status", "--json").stdout)["datasets"] == []


@pytest.mark.slow
def test_a_bot_is_verified_after_everything_else_is_gone(backproof: Backproof, own_kept: Finished) -> None:
    bot_id = own_kept.document["bot_id"]
    cleared = json.loads(backproof("data", "clear", "--before", "2030-01-01", "--yes", "--json").stdout)
    assert cleared["kept_by_bots"] == [bot_id]
    assert backproof("data", "prune").code == 0
    assert backproof("data", "cleanup", "--older-than", "0", "--apply").code == 0
    assert json.loads(backproof("data", "status", "--json").stdout)["bars"] == []
    assert json.loads(backproof("bots", "verify", bot_id, "--json").stdout)["outcome"] == "reproduced"
