"""Processes that fetch the same bars, and one that is killed between two chunks, over a real database."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from backend.domain.ports import MarketStore
from backend.stores import Stores, open_database
from tests.programs import Program, running
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


def test_stored_years_are_served_from_sqlite_with_one_read(url: str) -> None:
    with market_of(url) as store:
        Desk(store).closes(YEARS)
        later = Desk(store)
        later.closes(YEARS)
        later.closes(period("2017-01-03", "2017-12-29"))
        assert (later.quotes.calls, later.counters.data_reads) == ([], 1)
