"""Several who ask for the same bars make one request; different series do not wait for each other."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

from backend.domain.bars import Bars
from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe
from tests.services.market.quotes import DAY, Desk, Quotes, made_bars, period

MARCH = period("2026-03-02", "2026-03-31")
PATIENCE = 30
"""Seconds after which a test that hangs fails."""


@dataclass
class Meeting(Quotes):
    """Answers once as many symbols as expected are asked for at the same time."""

    expected: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))

    def fetch(self, symbol: str, timeframe: Timeframe, period: Period) -> Bars:
        self.expected.wait(PATIENCE)
        return super().fetch(symbol, timeframe, period)


@dataclass
class Lingering(Quotes):
    """Answers when a second request has come in, or after a moment in which it could have."""

    second: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))

    def fetch(self, symbol: str, timeframe: Timeframe, period: Period) -> Bars:
        with suppress(threading.BrokenBarrierError):
            self.second.wait(0.2)
        return super().fetch(symbol, timeframe, period)


def at_once(count: int, work: Callable[[int], list[float]]) -> list[list[float]]:
    start = threading.Barrier(count)

    def run(number: int) -> list[float]:
        start.wait(PATIENCE)
        return work(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def test_eight_threads_make_one_request() -> None:
    desk = Desk(quotes=Lingering())
    found = at_once(8, lambda _: desk.closes(MARCH))
    assert desk.quotes.calls == [MARCH]
    assert found == [made_bars("KO", MARCH).close.tolist()] * 8
    assert desk.counters.data_reads == 1


def test_different_series_are_fetched_side_by_side() -> None:
    desk = Desk(quotes=Meeting())  # would hang if the second waited for the first
    at_once(2, lambda number: desk.closes(MARCH, ("KO", "AAPL")[number]))
    assert len(desk.quotes.calls) == 2
    assert {span.symbol for span in desk.market.spans()} == {"KO", "AAPL"}


def test_forgetting_in_the_middle_loses_nothing() -> None:
    desk = Desk()

    def ask_or_forget(number: int) -> list[float]:
        if number % 2:
            desk.market.forget("KO")
        return desk.closes(MARCH)

    assert at_once(6, ask_or_forget) == [made_bars("KO", MARCH).close.tolist()] * 6
    assert len(desk.quotes.calls) == 1
    assert desk.store.series("KO", DAY)[0].covered == (MARCH,)
