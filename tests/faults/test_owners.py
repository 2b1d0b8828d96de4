"""Two owners on one database: what is somebody's own stays so, and what is fetched is fetched once for both."""

import json
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.cli.conftest import Backproof
from tests.faults.conftest import Refused
from tests.faults.servers import ITERATE, on_supabase, use
from tests.samples import aapl_bars
from tests.servers.yahoo import YahooServer

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("store", "data_dir")]

SAVED = (*ITERATE, "--save-bot", "mine")


@pytest.fixture(params=["sqlite", "postgresql", "supabase"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands use an empty database of that kind."""
    if request.param == "postgresql":
        use(monkeypatch, {"BACKPROOF_DATABASE_URL": request.getfixturevalue("postgres_url")})
    if request.param == "supabase":
        use(monkeypatch, on_supabase(request.getfixturevalue("supabase_lite")))


class As(Protocol):
    """``told("ann", "bots", "list")`` is the JSON document of her command."""

    def __call__(self, owner: str, *arguments: str) -> dict[str, Any]: ...


@pytest.fixture
def told(backproof: Backproof, monkeypatch: pytest.MonkeyPatch) -> As:
    def call(owner: str, *arguments: str) -> dict[str, Any]:
        monkeypatch.setenv("BACKPROOF_OWNER", owner)
        ended = backproof(*arguments, *([] if "--json" in arguments else ["--json"]))
        assert ended.code == 0, ended
        parsed: dict[str, Any] = json.loads(ended.stdout)
        return parsed

    return call


def test_sessions_bots_and_looks_are_their_owners_alone(told: As, refused: Refused) -> None:
    session = told("ann", *SAVED)
    assert session["holdout"]["openings"] == 1
    assert told("bob", "sessions", "list") == {"sessions": [], "unreadable": []}
    assert told("bob", "bots", "list") == {"bots": []}
    status = told("bob", "data", "status")
    assert (status["datasets"], status["bots"]) == ([], [])
    for arguments in (
        ("sessions", "show", session["session_id"]),
        ("sessions", "resume", session["session_id"]),
        ("sessions", "cancel", session["session_id"]),
        ("bots", "save", session["session_id"], "--name", "taken"),
        ("bots", "show", session["bot_id"]),
        ("bots", "verify", session["bot_id"]),
        ("bots", "delete", session["bot_id"], "--yes"),
    ):
        sentence, hint = refused(3, *arguments)
        assert "There is no" in sentence
        assert "ses_" not in hint
        assert "bot_" not in hint
    assert told("bob", "data", "cleanup", "--older-than", "0", "--apply")["deleted"] == 0
    assert told("ann", "bots", "verify", session["bot_id"])["outcome"] == "reproduced"

    other = told("bob", *SAVED, "--seed", "1")  # the name is free, and her looks are not his
    assert other["attempts"] != session["attempts"]
    assert other["holdout"]["openings"] == 1


def test_imported_prices_and_posts_are_their_owners_alone(told: As, refused: Refused, own_home: Path) -> None:
    for owner, price in (("ann", 10), ("bob", 20)):
        rows = "".join(f"2020-01-0{day},{price},{price + 2},{price - 1},{price + 1},9\n" for day in (2, 3))
        (own_home / "bars.csv").write_text(f"date,open,high,low,close,volume\n{rows}")
        told(owner, "data", "import", "prices", "bars.csv", "--symbol", "OWN")
        posts = json.dumps({"created_at": "2020-01-02T15:00:00Z", "text": f"{owner} likes it", "id": "one"})
        (own_home / "posts.jsonl").write_text(posts)
        report = told(owner, "data", "import", "posts", "posts.jsonl", "--symbol", "OWN", "--channel", "reddit")
        assert report["rows_new"] == 1  # the same id of another owner is another post
    for owner, price in (("ann", 10), ("bob", 20)):
        told(owner, "data", "export", "OWN", "--output", "out.jsonl", "--overwrite")
        exported = [json.loads(line) for line in (own_home / "out.jsonl").read_text().splitlines()]
        assert [row["open"] for row in exported] == [price, price]
        status = told(owner, "data", "status")
        assert [(bars["symbol"], bars["bars"]) for bars in status["bars"]] == [("OWN", 2)]
        assert [span["posts"] for span in status["posts"]] == [1]
    assert told("bob", "data", "clear", "OWN", "--yes")["bars"] == 2
    assert len(told("ann", "data", "status")["bars"]) == 1
    assert told("bob", "data", "status")["bars"] == []
    assert told("eve", "data", "status") == {
        "bars": [],
        "posts": [],
        "datasets": [],
        "bots": [],
        "model_replies": [],
        "outbox": [],
    }
    assert "No 1d bars of OWN are stored." in refused(4, "data", "export", "OWN", "--output", "eve.csv")[0]


def test_fetched_prices_are_fetched_once_for_both(told: As, monkeypatch: pytest.MonkeyPatch) -> None:
    with YahooServer() as yahoo:
        yahoo.add(aapl_bars())
        use(monkeypatch, {"BACKPROOF_PRICES": "file,yfinance", "BACKPROOF_YAHOO_URL": yahoo.url})
        warm = ("data", "warm", "AAPL", "--start", "2005-01-03", "--end", "2005-12-30")
        (first,) = told("ann", *warm)["warmed"]
        (second,) = told("bob", *warm)["warmed"]
        assert (first["bars"], second["bars"]) == (252, 252)
        assert second["source_calls"] == 0
        assert len(yahoo.requests) == first["source_calls"]
