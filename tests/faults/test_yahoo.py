"""The whole command line against a local Yahoo: who serves the prices, what is asked, and what is said."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.agents.sessions import command, finished
from tests.cli.conftest import Backproof
from tests.samples import aapl_bars
from tests.servers.yahoo import YahooServer
from tests.servers.yahoo_faults import only_rows, status, value

pytestmark = pytest.mark.slow

PERIOD = ("--start", "2005-01-03", "--end", "2007-12-31", "--iterations", "1", "--json")
ITERATE = ("iterate", "momentum on AAPL", *PERIOD)
LONGER = ("iterate", "momentum on AAPL", "--start", "2005-01-03", "--end", "2009-12-31", "--iterations", "1", "--json")


@pytest.fixture
def yahoo(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[YahooServer]:
    with YahooServer() as server:
        server.add(aapl_bars())
        monkeypatch.setenv("BACKPROOF_PRICES", "file,yfinance,sample")
        monkeypatch.setenv("BACKPROOF_YAHOO_URL", server.url)
        yield server


def document(backproof: Backproof, *arguments: str) -> dict[str, Any]:
    ended = backproof(*arguments)
    assert ended.code == 0, ended
    parsed: dict[str, Any] = json.loads(ended.stdout)
    return parsed


def notices(session: dict[str, Any], about: str) -> list[str]:
    return [text for text in session["notices"] if about in text]


def test_a_session_runs_on_prices_of_yahoo_and_a_second_one_asks_nobody(
    backproof: Backproof, yahoo: YahooServer
) -> None:
    first = document(backproof, *ITERATE)
    assert first["status"] == "done"
    asked = len(yahoo.requests)
    assert asked >= 1
    second = document(backproof, *ITERATE)
    assert len(yahoo.requests) == asked
    assert second["attempts"][0]["train"] == first["attempts"][0]["train"]
    (series,) = document(backproof, "data", "status", "--json")["bars"]
    assert series["source"] == "yfinance"


def test_without_a_network_the_sample_steps_in_and_says_so(backproof: Backproof, yahoo: YahooServer) -> None:
    yahoo.__exit__()
    session = document(backproof, *ITERATE)
    assert session["status"] == "done"
    assert notices(session, "yfinance does not answer (Yahoo cannot be reached): prices of AAPL are sample data")


def test_a_yahoo_that_wants_to_be_left_alone_is_not_waited_for(backproof: Backproof, yahoo: YahooServer) -> None:
    yahoo.fail_next(status(429, retry_after=3_600))
    session = document(backproof, *ITERATE)
    assert notices(
        session, "yfinance does not answer (Yahoo limits how often it may be asked): prices of AAPL are sample"
    )
    assert len(yahoo.requests) == 1


def test_what_was_fetched_before_serves_without_a_network(backproof: Backproof, yahoo: YahooServer) -> None:
    first = document(backproof, *ITERATE)
    yahoo.__exit__()
    second = document(backproof, *ITERATE)
    assert second["attempts"][0]["train"] == first["attempts"][0]["train"]
    assert notices(second, "sample") == []


def test_a_dividend_that_appears_between_two_sessions_makes_a_new_version(
    backproof: Backproof, yahoo: YahooServer
) -> None:
    document(backproof, *ITERATE)
    yahoo.series["AAPL"].dividends[date(2009, 6, 1)] = 5.0
    longer = document(backproof, *LONGER)
    assert longer["status"] == "done"
    assert notices(longer, "it was fetched anew")


def test_an_unknown_symbol_is_told(backproof: Backproof, yahoo: YahooServer) -> None:
    ended = backproof("iterate", "momentum on TWTR", *PERIOD)
    assert ended.code == 4
    error = json.loads(ended.stdout)["error"]
    assert "Yahoo has no symbol TWTR: it may be renamed or delisted" in error["message"]
    assert len(yahoo.requests) == 1


def test_a_missing_price_is_a_session_without_a_bar(backproof: Backproof, yahoo: YahooServer) -> None:
    # the hole in the first answer is asked for by itself, and the price is missing there as well
    yahoo.fail_next(value("close", -100, None), value("close", 0, None))
    session = document(backproof, *ITERATE)
    assert notices(session, "1 session of AAPL has no bar")


def test_an_answer_that_breaks_off_is_completed(backproof: Backproof, yahoo: YahooServer) -> None:
    whole = aapl_bars().session
    yahoo.fail_next(only_rows(-10, None))
    session = document(backproof, *ITERATE)
    (series,) = document(backproof, "data", "status", "--json")["bars"]
    assert series["end"] == "2007-12-31"
    # with its warm-up, more than the sessions of the three years
    assert series["bars"] > int(((whole >= np.datetime64("2005-01-03")) & (whole <= np.datetime64("2007-12-31"))).sum())
    assert notices(session, "no bar") == []


def test_nothing_is_kept_outside_the_data_folder(yahoo: YahooServer, data_dir: Path, own_home: Path) -> None:
    # in a process of its own, because the library decides once in each where its caches lie
    assert finished(command(data_dir, *ITERATE))["status"] == "done"
    assert yahoo.requests
    assert list(own_home.rglob("*")) == []
