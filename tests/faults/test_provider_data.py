"""Odd answers of a price source, end to end: what is used, what is refused, and that both are said."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.domain.bars import Bars
from tests.cli.conftest import Backproof
from tests.samples import aapl_bars
from tests.servers.yahoo import Fault, YahooServer
from tests.servers.yahoo_faults import (
    backwards,
    cut_connection,
    cut_text,
    down_page,
    every,
    only_rows,
    row_again,
    value,
)

pytestmark = pytest.mark.slow

YEAR = ("--start", "2005-01-03", "--end", "2005-12-30", "--json")
NEXT_YEAR = ("--start", "2005-01-03", "--end", "2006-12-29", "--json")
SESSIONS = 252
"""Of the year 2005 in New York: https://www.nyse.com/markets/hours-calendars counts 252."""


@pytest.fixture
def yahoo(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[YahooServer]:
    with YahooServer() as server:
        server.add(aapl_bars())
        monkeypatch.setenv("BACKPROOF_PRICES", "file,yfinance")
        monkeypatch.setenv("BACKPROOF_YAHOO_URL", server.url)
        yield server


def warmed(backproof: Backproof, *period: str, code: int = 0, symbol: str = "AAPL") -> dict[str, Any]:
    ended = backproof("data", "warm", symbol, *period)
    assert ended.code == code, ended
    assert "Traceback" not in ended.stderr
    (result,) = json.loads(ended.stdout)["warmed"]
    assert (result["failed_reason"] is None) == (code == 0)
    return dict(result)


def stored(backproof: Backproof) -> list[dict[str, Any]]:
    return list(json.loads(backproof("data", "status", "--json").stdout)["bars"])


@pytest.mark.parametrize(
    ("column", "new"),
    [
        ("close", float("nan")),
        ("open", float("inf")),
        ("low", float("-inf")),
        ("close", 0.0),
        ("open", -1.0),
        ("high", 0.01),
        ("low", 1e9),
        ("adjclose", 0.0),
        ("adjclose", float("nan")),
    ],
)
def test_a_price_that_is_none_makes_a_session_without_a_bar(
    backproof: Backproof, yahoo: YahooServer, column: str, new: float
) -> None:
    yahoo.fail_next(value(column, 100, new), value(column, 0, new))  # the hole is asked for by itself as well
    found = warmed(backproof, *YEAR)
    assert found["bars"] == SESSIONS - 1
    assert found["notices"] == ["1 session of AAPL has no bar: 2005-05-26."]


@pytest.mark.parametrize("new", [None, float("nan"), float("inf"), -5, 0])
def test_a_volume_that_is_none_is_zero(backproof: Backproof, yahoo: YahooServer, own_home: Path, new: Any) -> None:
    yahoo.fail_next(value("volume", 100, new))
    assert warmed(backproof, *YEAR)["bars"] == SESSIONS
    assert backproof("data", "export", "AAPL", "--output", "out.jsonl").code == 0
    rows = [json.loads(line) for line in (own_home / "out.jsonl").read_text().splitlines()]
    assert [row["date"] for row in rows if row["volume"] == 0] == ["2005-05-26"]


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (every(row_again(50), row_again(51)), "out of order"),
        (row_again(50), "out of order"),
        (backwards, "out of order"),
        (value("timestamp", 10, 0), "out of order"),
    ],
)
def test_a_disorder_is_refused_whole(backproof: Backproof, yahoo: YahooServer, fault: Fault, sentence: str) -> None:
    yahoo.fail_next(fault)
    assert sentence in warmed(backproof, *YEAR, code=4)["failed_reason"]
    assert stored(backproof) == []
    assert warmed(backproof, *YEAR)["bars"] == SESSIONS


@pytest.mark.parametrize("fault", [cut_text, cut_connection, down_page])
def test_a_broken_answer_is_asked_for_again(backproof: Backproof, yahoo: YahooServer, fault: Fault) -> None:
    yahoo.fail_next(fault)
    assert warmed(backproof, *YEAR)["bars"] == SESSIONS
    assert len(yahoo.requests) == 2


def test_the_quote_of_a_session_that_trades_is_no_bar(backproof: Backproof, yahoo: YahooServer) -> None:
    yahoo.fail_next(row_again(-1))
    assert warmed(backproof, *YEAR)["bars"] == SESSIONS


def test_a_range_before_the_listing_is_refused_with_what_there_is(backproof: Backproof, yahoo: YahooServer) -> None:
    found = warmed(backproof, "--start", "1990-01-02", "--end", "1990-12-31", "--json", code=4)
    assert "no 1d bars from 1990-01-02 to 1990-12-31" in found["failed_reason"]
    crossing = warmed(backproof, "--start", "1999-01-04", "--end", "2001-12-31", "--json", code=4)
    assert "no bars before 2000-03-01" in crossing["failed_reason"]


def test_a_delisted_symbol_tells_where_it_ends(backproof: Backproof, yahoo: YahooServer) -> None:
    yahoo.add(_until(aapl_bars(), "2005-06-30", "GONE"))
    found = warmed(backproof, *YEAR, code=4, symbol="GONE")
    assert "no bars after 2005-06-30 (it was delisted or renamed" in found["failed_reason"]
    assert warmed(backproof, "--start", "2005-01-03", "--end", "2005-06-30", "--json", symbol="GONE")["bars"] == 125


def test_a_renamed_symbol_is_served_from_what_was_stored(backproof: Backproof, yahoo: YahooServer) -> None:
    yahoo.add(_until(aapl_bars(), "2013-03-01", "OLD"))
    before = warmed(backproof, *YEAR, symbol="OLD")
    del yahoo.series["OLD"]
    after = warmed(backproof, *YEAR, symbol="OLD")
    assert (after["bars"], after["source_calls"]) == (before["bars"], 0)
    reason = warmed(backproof, *NEXT_YEAR, code=4, symbol="OLD")["failed_reason"]
    assert "Yahoo has no symbol OLD: it may be renamed or delisted" in reason


def _until(bars: Bars, last: str, symbol: str) -> Bars:
    stop = int(np.searchsorted(bars.session, np.datetime64(last), side="right"))
    return replace(bars.window(0, stop), symbol=symbol)


def _scaled(bars: Bars, factors: dict[str, float]) -> Bars:
    """Every price of these sessions multiplied."""
    factor = np.ones(len(bars))
    for day, by in factors.items():
        factor[bars.session == np.datetime64(day)] = by
    prices = {name: getattr(bars, name) * factor for name in ("open", "high", "low", "close")}
    return replace(bars, **prices)


@pytest.mark.parametrize(
    ("by", "told"),
    [
        (1 + 5e-5, None),  # half of what sources differ by when they round
        (1.002, "changed its history without a split: 1 of 252 bars differ, the first on 2005-12-28"),
    ],
)
def test_a_changed_history_is_told_where_it_is_more_than_rounding(
    backproof: Backproof, yahoo: YahooServer, by: float, told: str | None
) -> None:
    warmed(backproof, *YEAR)
    yahoo.add(_scaled(aapl_bars(), {"2005-12-28": by}))
    notices = " ".join(warmed(backproof, *NEXT_YEAR)["notices"])
    assert (told in notices) if told else (notices == "")


def test_a_split_between_two_fetches_makes_a_new_version_of_one_scale(
    backproof: Backproof, yahoo: YahooServer, own_home: Path
) -> None:
    warmed(backproof, *YEAR)
    yahoo.series["AAPL"].splits[date(2006, 6, 1)] = 2.0
    (notice,) = warmed(backproof, *NEXT_YEAR)["notices"]
    assert "a split or dividend: factor 0.5;" in notice
    assert backproof("data", "export", "AAPL", "--output", "out.jsonl").code == 0
    opens = {row["date"]: row["open"] for row in map(json.loads, (own_home / "out.jsonl").read_text().splitlines())}
    expected = yahoo.series["AAPL"].shown("1d")[0]
    held = aapl_bars().session
    for day in ("2005-01-03", "2006-05-31", "2006-06-01"):
        assert opens[day] == pytest.approx(expected[np.searchsorted(held, np.datetime64(day))], rel=1e-12)


def test_a_new_version_that_breaks_off_leaves_the_old_one(backproof: Backproof, yahoo: YahooServer) -> None:
    warmed(backproof, *YEAR)
    kept = stored(backproof)
    yahoo.add(_scaled(aapl_bars(), {"2005-12-28": 1.01}))
    # the month beyond, then all of it anew, which breaks off twice, and so does the request for the rest
    yahoo.fail_next(lambda _: None, *[only_rows(0, 200)] * 2, *[only_rows(0, 0)] * 2)
    reason = warmed(backproof, *NEXT_YEAR, code=4)["failed_reason"]
    assert "it now serves 2005-01-03..2005-10-17 where 2005-01-03..2005-12-30 is stored" in reason
    assert stored(backproof) == kept


def test_minute_bars_reach_back_as_far_as_yahoo_does(backproof: Backproof, yahoo: YahooServer) -> None:
    day = datetime.now(UTC).date().replace(year=datetime.now(UTC).year - 1).isoformat()
    ended = backproof("data", "warm", "AAPL", "--timeframe", "1m", "--start", day, "--json")
    assert ended.code == 4
    assert "No source has" in json.loads(ended.stdout)["warmed"][0]["failed_reason"]
    assert yahoo.requests == []


def test_what_is_odd_is_told_on_the_session_and_on_its_bot(backproof: Backproof, yahoo: YahooServer) -> None:
    yahoo.fail_next(value("close", -100, None), value("close", 0, None))
    request = ("iterate", "momentum on AAPL, drawdown under 90 %", "--start", "2005-01-03", "--end", "2007-12-31")
    session = json.loads(backproof(*request, "--iterations", "1", "--save-bot", "odd", "--json").stdout)
    (notice,) = [told for told in session["notices"] if "has no bar" in told]
    bot = json.loads(backproof("bots", "show", session["bot_id"], "--json").stdout)
    assert notice in bot["notices"]
    yahoo.series["AAPL"].splits[date(2009, 6, 1)] = 2.0
    later = ("--start", "2005-01-03", "--end", "2009-12-31", "--json")
    assert "factor 0.5" in " ".join(warmed(backproof, *later)["notices"])
    assert json.loads(backproof("bots", "verify", session["bot_id"], "--json").stdout)["outcome"] == "reproduced"
