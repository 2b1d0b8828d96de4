"""Processes that fetch the same bars, and one that is killed between two chunks, over a real database."""

import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from threading import Event

import pytest

from backend.domain.ports import MarketStore
from backend.stores import Stores, open_database
from tests.programs import Program, running
from tests.servers.yahoo import Reply, YahooServer
from tests.services.market.fetchers import YEARS
from tests.services.market.quotes import DAY, Desk, Quotes, made_bars, period

pytestmark = pytest.mark.slow


@pytest.fixture
def url(own_home: Path) -> str:
    return f"sqlite:///{own_home / 'bars.sqlite'}"


def fetcher(program: str, url: str) -> AbstractContextManager[Program]:
    return running("tests.services.market.fetchers", program, url)


@contextmanager
def market_of(url: str) -> Iterator[MarketStore]:
    with closing(open_database(url)) as database:
        yield Stores.over(database).market


def test_two_processes_store_each_bar_once(url: str) -> None:
    with market_of(url):
        pass  # the file is there before both open it
    with fetcher("fetch_at_once", url) as one, fetcher("fetch_at_once", url) as other:
        assert [one.read(), other.read()] == ["ready", "ready"]
        one.go()
        other.go()
        expected = made_bars("KO", YEARS)
        told = f"{len(expected)} {expected.content_hash}"
        assert [one.read(), other.read()] == [told, told]
        assert {one.read(), other.read()} == {"10 requests", "0 requests"}
    with market_of(url) as store:
        (stored,) = store.series("KO", DAY)
        assert stored.covered == (YEARS,)
        bars = store.read_bars("KO", DAY, "quotes", YEARS)
        assert bars is not None
        assert bars.content_hash == expected.content_hash


def test_a_kill_between_chunks_loses_one_chunk_at_most(url: str) -> None:
    with fetcher("fetch_watched", url) as fetching:
        for number in (1, 2, 3):
            assert fetching.read() == f"request {number}"
            fetching.go()
        assert fetching.read() == "request 4"  # three years are fetched, the fourth is asked for
        fetching.process.kill()
    with market_of(url) as store:
        (stored,) = store.series("KO", DAY)
        # chunks of 366 days from 2016-01-04: the third ends 3 * 366 - 1 = 1097 days later
        assert stored.covered == (period("2016-01-04", "2019-01-05"),)
        desk = Desk(store, Quotes(limit=366))
        assert desk.market.bars("KO", DAY, YEARS).bars.content_hash == made_bars("KO", YEARS).content_hash
        assert desk.quotes.calls[0].start.isoformat() == "2018-12-28"  # five stored sessions, and then what is missing


WAITS = "another process is fetching bars of KO"
PATIENCE = 30
"""Seconds after which a test that hangs fails."""


def test_whoever_waits_for_a_fetch_takes_what_it_stored(url: str) -> None:
    with fetcher("fetch_in_turn", url) as one:
        assert one.read() == "request 1"
        with fetcher("fetch_in_turn", url) as other:
            assert other.read() == WAITS
            one.go()
            assert (one.read(), other.read()) == ("1 requests", "0 requests")


def test_whoever_waits_for_a_fetch_that_is_killed_goes_on_itself(url: str) -> None:
    with fetcher("fetch_watched", url) as one:
        assert one.read() == "request 1"
        one.go()
        assert one.read() == "request 2"
        with fetcher("fetch_in_turn", url) as other:
            assert other.read() == WAITS
            one.process.kill()
            assert other.read() == "request 1"
            other.go()
            assert other.read() == "1 requests"
    with market_of(url) as store:
        bars = store.read_bars("KO", DAY, "quotes", YEARS)
        assert bars is not None
        assert bars.content_hash == made_bars("KO", YEARS).content_hash


def test_a_wait_can_be_interrupted(url: str) -> None:
    with fetcher("fetch_in_turn", url) as one:
        assert one.read() == "request 1"
        with fetcher("fetch_in_turn", url) as other:
            assert other.read() == WAITS
            other.process.send_signal(signal.SIGINT)
            assert "KeyboardInterrupt" in other.finish()[1]
        one.go()
        assert one.read() == "1 requests"


def test_two_cold_processes_ask_yahoo_once(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer = Event(), Event()

    def held_back(_: Reply) -> None:
        asked.set()
        assert answer.wait(PATIENCE)

    with YahooServer() as yahoo:
        yahoo.add(made_bars("KO", period("2015-03-02", "2025-12-31")))
        yahoo.fail_next(held_back)
        monkeypatch.setenv("BACKPROOF_PRICES", "file,yfinance")
        monkeypatch.setenv("BACKPROOF_YAHOO_URL", yahoo.url)
        bars = len(made_bars("KO", YEARS))
        with fetcher("warm", url) as one:
            assert asked.wait(PATIENCE)
            with fetcher("warm", url) as other:
                told = other.read()
                answer.set()
                assert (told, one.read()) == (WAITS, f"{bars} bars, {bars} fetched")
                assert other.read() == f"{bars} bars, 0 fetched"
        assert len(yahoo.requests) == 1


def test_stored_years_are_served_from_sqlite_with_one_read(url: str) -> None:
    with market_of(url) as store:
        Desk(store).closes(YEARS)
        later = Desk(store)
        later.closes(YEARS)
        later.closes(period("2017-01-03", "2017-12-29"))
        assert (later.quotes.calls, later.counters.data_reads) == ([], 1)
