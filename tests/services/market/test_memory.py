"""Memory of bars is bounded for all accounts of a process together, and nothing but time is lost by it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from backend.domain.moments import period_of
from backend.domain.timeframes import Timeframe
from backend.services.counters import DataCounters
from backend.services.market.memory import BarRoom, MarketMemory
from tests.samples import flat_bars
from tests.services.memory_stores import MemoryMarketStore

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
FIVE = flat_bars([1, 2, 3, 4, 5])
WHOLE = period_of(FIVE.session)


@pytest.fixture
def store() -> MemoryMarketStore:
    """With five bars of each of four symbols."""
    made = MemoryMarketStore()
    for symbol in "ABCD":
        made.write_bars(replace(FIVE, symbol=symbol), WHOLE)
    return made


def read(memory: MarketMemory, symbol: str) -> list[float]:
    with memory.series(symbol, Timeframe.DAY) as series:
        bars = series.bars("test", WHOLE)
    assert bars is not None
    return list(bars.close.tolist())


def test_what_was_not_read_longest_makes_room(store: MemoryMarketStore) -> None:
    """Ten bars are two series: the third drops the first of them that was not read again."""
    counters = DataCounters()
    memory = MarketMemory(store, counters, lambda: NOON, BarRoom(10))
    reads = []
    for symbol in "ABACAB":
        assert read(memory, symbol) == [1, 2, 3, 4, 5]
        reads.append(counters.data_reads)
    assert reads == [1, 2, 2, 3, 3, 4]


def test_all_memories_share_the_room(store: MemoryMarketStore) -> None:
    room, counters = BarRoom(10), DataCounters()
    first, second = (MarketMemory(store, counters, lambda: NOON, room) for _ in range(2))
    for memory, symbol in ((first, "A"), (second, "B"), (second, "C"), (first, "A")):
        assert read(memory, symbol) == [1, 2, 3, 4, 5]
    assert counters.data_reads == 4


def test_a_series_larger_than_the_room_is_kept_alone(store: MemoryMarketStore) -> None:
    counters = DataCounters()
    memory = MarketMemory(store, counters, lambda: NOON, BarRoom(3))
    for symbol in "AAB":
        assert read(memory, symbol) == [1, 2, 3, 4, 5]
    assert counters.data_reads == 2
