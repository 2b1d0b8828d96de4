"""Programs that fetch bars in processes of their own: ``python -m tests.services.market.fetchers NAME FILE``."""

import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from backend.bootstrap import build
from backend.domain.bars import Bars
from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe
from backend.settings import Settings
from backend.stores import Stores, open_database
from tests.programs import begin, say, wait
from tests.services.market.quotes import DAY, Desk, Quotes, period

YEARS = period("2016-01-04", "2025-12-31")


@dataclass
class Watched(Quotes):
    """Says before each request which one it is, and waits."""

    def fetch(self, symbol: str, timeframe: Timeframe, period: Period) -> Bars:
        say(f"request {len(self.calls) + 1}")
        wait()
        return super().fetch(symbol, timeframe, period)


def fetch_at_once(url: str) -> None:
    """Fetch ten years in chunks of a year when told to begin."""
    with closing(open_database(url)) as database:
        desk = Desk(Stores.over(database).market, Quotes(limit=366))
        begin()
        bars = desk.market.bars("KO", DAY, YEARS).bars
        say(f"{len(bars)} {bars.content_hash}")
        say(f"{len(desk.quotes.calls)} requests")


def fetch_watched(url: str) -> None:
    """The same, waiting before each chunk."""
    with closing(open_database(url)) as database:
        Desk(Stores.over(database).market, Watched(limit=366)).market.bars("KO", DAY, YEARS)
        say("done")


def fetch_in_turn(url: str) -> None:
    """Fetch them in one request, saying when it has to wait for another process."""
    with closing(open_database(url)) as database:
        desk = Desk(Stores.over(database).market, Watched())
        desk.market.bars("KO", DAY, YEARS, progress=say_if_others)
        say(f"{len(desk.quotes.calls)} requests")


def warm(database_url: str) -> None:
    """Warm them with the application that the settings make."""
    application = build(Settings(database_url=database_url))
    (result,) = application.warming.warm(("KO",), DAY, YEARS, say_if_others)
    say(f"{result.bars} bars, {result.fetched_bars} fetched")


def say_if_others(doing: str) -> None:
    """Progress, of which only other processes are told."""
    if "another process" in doing:
        say(doing)


PROGRAMS: dict[str, Callable[[str], None]] = {
    program.__name__: program for program in (fetch_at_once, fetch_watched, fetch_in_turn, warm)
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](sys.argv[2])
