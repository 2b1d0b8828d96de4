"""``collect`` visits, stores and tells, and no past before the first visit is invented."""

import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands.conftest import program
from tests.cli.conftest import Backproof
from tests.servers.reddit import CLIENT_ID, CLIENT_SECRET, RedditServer, faults_of

SENTENCE = "import a file, or leave the channel out."


@pytest.fixture
def server() -> Iterator[RedditServer]:
    with RedditServer() as running:
        running.submit("stocks", "old", ago(hours=30), "other")
        running.comment("stocks", "old", ago(hours=50), "other")
        yield running


@pytest.fixture
def reddit(server: RedditServer, monkeypatch: pytest.MonkeyPatch) -> RedditServer:
    """A server that the settings name."""
    stated = {
        "BACKPROOF_POSTS": "file,reddit",
        "BACKPROOF_SUBREDDITS": "stocks",
        "REDDIT_CLIENT_ID": CLIENT_ID,
        "REDDIT_CLIENT_SECRET": CLIENT_SECRET,
        "REDDIT_USER_AGENT": "script:test:1",
        "REDDIT_URL": server.url,
        "REDDIT_OAUTH_URL": server.url,
    }
    for name, value in stated.items():
        monkeypatch.setenv(name, value)
    return server


def ago(**distance: float) -> datetime:
    return datetime.now(UTC) - timedelta(**distance)


def rows(ended: Any) -> dict[str, dict[str, Any]]:
    assert ended.code == 0, ended.stderr
    return {row["symbol"]: row for row in json.loads(ended.stdout)["collected"]}


@pytest.mark.slow
def test_two_visits_are_collected_and_shown(backproof: Backproof, reddit: RedditServer, own_home: Path) -> None:
    reddit.submit("stocks", "a", ago(hours=2), "AAPL'); DROP TABLE posts; --", selftext="$msft too")
    first = rows(backproof("collect", "--symbols", "AAPL,MSFT,IBM", "--once", "--json"))
    assert {name: (row["found"], row["new"]) for name, row in first.items()} == {
        "AAPL": (1, 1),
        "MSFT": (1, 1),
        "IBM": (0, 0),
    }
    assert first["AAPL"]["complete_from"] < first["AAPL"]["visited_at"]
    assert first["AAPL"]["hole"] is None

    reddit.comment("stocks", "b", ago(minutes=1), "AAPL again")
    second = backproof("collect", "--once")
    assert second.code == 0
    lines = second.stdout.splitlines()
    assert [line.partition("  ")[2].partition(";")[0] for line in lines] == [
        "AAPL reddit: 2 found, 1 new",
        "IBM reddit: 0 found, 0 new",
        "MSFT reddit: 1 found, 0 new",
    ]
    assert all("none missing since" in line for line in lines)

    status = json.loads(backproof("data", "status", "--json").stdout)
    collected = {row["symbol"]: row for row in status["posts"] if row["provider"] == "reddit"}
    assert {name: row["posts"] for name, row in collected.items()} == {"AAPL": 2, "IBM": 0, "MSFT": 1}
    assert [len(row["seen"]) for row in collected.values()] == [1, 1, 1]  # the two visits overlap
    assert "AAPL" in backproof("data", "status").stdout

    (stored,) = own_home.glob("share/backproof/*.sqlite")
    with sqlite3.connect(stored) as database:
        texts = [text for (text,) in database.execute("select text from posts where symbol = 'AAPL' order by id")]
    database.close()
    assert texts == ["AAPL again", "AAPL'); DROP TABLE posts; --\n\n$msft too"]


@pytest.mark.slow
def test_a_session_about_a_time_before_the_first_visit_is_refused(backproof: Backproof, reddit: RedditServer) -> None:
    arguments = ("iterate", "momentum on AAPL with reddit", "--start", "2008-01-02", "--end", "2012-12-31", "--json")
    never = backproof(*arguments)
    assert never.code == 4
    error = json.loads(never.stdout)["error"]
    assert error["message"] == f"reddit via praw has no history before {datetime.now(UTC).date()}: {SENTENCE}"
    assert reddit.asked == []

    reddit.submit("stocks", "a", ago(hours=2), "AAPL")
    backproof("collect", "--symbols", "AAPL", "--once")
    asked = len(reddit.asked)
    error = json.loads(backproof(*arguments).stdout)["error"]
    assert error["message"] == f"reddit via praw has no history before {ago(hours=30).date()}: {SENTENCE}"
    assert len(reddit.asked) == asked


def test_missing_keys_are_named(backproof: Backproof, reddit: RedditServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REDDIT_CLIENT_ID", "REDDIT_CLIENT_SECRET", "REDDIT_USER_AGENT"):
        monkeypatch.delenv(name)
    ended = backproof("collect", "--symbols", "AAPL", "--once", "--json")
    assert ended.code == 4
    message = json.loads(ended.stdout)["error"]["message"]
    assert message == ("Reddit is not set up: REDDIT_CLIENT_ID, REDDIT_CLIENT_SECRET, REDDIT_USER_AGENT must be set.")
    assert reddit.asked == []


def test_refused_keys_end_the_loop_too_and_are_not_shown(backproof: Backproof, reddit: RedditServer) -> None:
    reddit.refusal = 401
    ended = backproof("collect", "--symbols", "AAPL,MSFT")
    assert ended.code == 4
    assert "Reddit refuses the keys." in ended.stderr
    assert CLIENT_SECRET not in ended.stdout + ended.stderr
    assert reddit.asked == ["POST /api/v1/access_token"]


def test_without_any_symbol_it_asks_for_some(backproof: Backproof, reddit: RedditServer) -> None:
    ended = backproof("collect", "--once")
    assert ended.code == 2
    assert "backproof collect --symbols AAPL,MSFT" in ended.stderr


@pytest.mark.slow
def test_an_interrupted_loop_keeps_what_it_has(reddit: RedditServer, own_home: Path) -> None:
    reddit.submit("stocks", "a", ago(hours=2), "AAPL")
    with program("collect", "--symbols", "AAPL", "--json", data_dir=own_home) as process:
        assert process.stderr is not None
        assert "AAPL reddit: 1 found, 1 new" in process.stderr.readline()
        os.kill(process.pid, signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(stdout) | {"collected": []} == {"visits": 1, "new": 1, "collected": []}
    assert "everything collected is kept" in stderr


def test_a_reddit_that_is_away_is_told_with_its_own_code(backproof: Backproof, reddit: RedditServer) -> None:
    spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "500"}
    reddit.faults.extend(faults_of(429, 1, spent))
    ended = backproof("collect", "--symbols", "AAPL", "--once")
    assert ended.code == 5
    assert "Reddit answered with status 429." in ended.stderr
    assert "left alone for 500 seconds" in ended.stderr
