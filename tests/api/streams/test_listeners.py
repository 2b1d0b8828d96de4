"""Many listeners, slow ones, silent logs and stores that are away: on a clock that the test moves."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial

import pytest

from backend.api.streams.lines import HEARTBEAT
from backend.api.streams.tail import MOST_KEPT
from backend.domain.errors import InvalidInput, Unavailable
from tests.api.streams.connections import Connection, listening
from tests.api.streams.listed import ListedLog, Stage


def ids(connection: Connection) -> list[int]:
    return [event["id"] for event in connection.events]


def has_beaten(times: int, connection: Connection) -> bool:
    return connection.body.count(HEARTBEAT) == times


@pytest.mark.slow
def test_five_hundred_listeners_get_every_event_and_share_its_bytes() -> None:
    stage = Stage()

    async def listen() -> list[Connection]:
        async with AsyncExitStack() as stack:
            crowd = [await stack.enter_async_context(listening(stage)) for _ in range(500)]
            for n in range(1, 21):
                stage.streams.hear(stage.log.add())
                await asyncio.gather(*(one.reach(n) for one in crowd))
            return crowd

    crowd = asyncio.run(listen())
    assert all(ids(one) == list(range(1, 21)) for one in crowd)
    first, *others = [one.pieces[1:] for one in crowd]  # behind the line that says when to ask again
    assert all(mine is his for other in others for mine, his in zip(first, other, strict=True))
    assert (stage.streams.listeners, stage.streams.tails) == (0, 0)


def test_listeners_do_not_make_more_reads() -> None:
    stage = Stage()

    async def listen(count: int) -> int:
        async with AsyncExitStack() as stack:
            crowd = [await stack.enter_async_context(listening(stage)) for _ in range(count)]
            stage.streams.hear(stage.log.add())
            await asyncio.gather(*(one.reach(1) for one in crowd))
            before, polls = stage.log.reads, 0
            while polls < 20:  # until the tail has looked so often
                await asyncio.sleep(0)
                polls = stage.log.reads - before
            return len(crowd)

    assert asyncio.run(listen(50)) == 50


def test_silence_is_broken_by_a_heartbeat_every_fifteen_seconds() -> None:
    stage = Stage()
    stage.log.add()

    async def listen() -> list[bytes]:
        async with listening(stage) as connection:
            await connection.reach(1)
            for beats in (1, 2, 3):
                stage.clock.now += 14.9
                before = stage.log.reads
                while stage.log.reads < before + 5:  # the stream has had its chance to speak too early
                    await asyncio.sleep(0)
                assert connection.body.count(HEARTBEAT) == beats - 1
                stage.clock.now += 0.1
                await connection.until(partial(has_beaten, beats))
            return connection.pieces[2:]

    assert asyncio.run(listen()) == [HEARTBEAT] * 3


def test_a_client_that_takes_nothing_is_dropped_and_delays_nobody() -> None:
    stage = Stage()

    async def listen() -> tuple[int, int]:
        slow = Connection(stage, takes=False).ask()
        async with listening(stage) as other:
            for n in range(1, 51):
                stage.streams.hear(stage.log.add())
                await other.reach(n)
            before = stage.streams.listeners
            stage.clock.now += 30
            await slow.closed()
            assert not slow.complete
            return before, stage.streams.listeners

    assert asyncio.run(listen()) == (2, 1)


def test_a_client_that_was_slow_gets_from_the_store_what_is_kept_no_longer() -> None:
    stage = Stage()
    many = 3 * MOST_KEPT

    async def listen() -> Connection:
        async with listening(stage, takes=False) as slow, listening(stage) as other:
            await other.begin()
            stage.log.add(many)
            await other.reach(many)
            slow.take()
            await slow.reach(many)
            return slow

    assert ids(asyncio.run(listen())) == list(range(1, many + 1))


def test_listeners_that_are_behind_share_the_pages_that_are_read_for_them() -> None:
    stage = Stage(after=1000)
    stage.log.add(1000)

    async def listen() -> int:
        async with listening(stage) as ahead, AsyncExitStack() as stack:
            await ahead.begin()
            stage.after = 0
            crowd = [await stack.enter_async_context(listening(stage)) for _ in range(40)]
            await asyncio.gather(*(one.reach(1000) for one in crowd))
            assert all(ids(one) == list(range(1, 1001)) for one in crowd)
            return stage.streams.tails

    assert asyncio.run(listen()) == 1


def test_large_events_are_kept_up_to_a_bound_and_sent_whole() -> None:
    stage = Stage()
    stage.log.add(350, text="x" * 30_000)  # 10 MB, five times what a tail keeps, on four pages
    stage.log.over = True

    async def listen() -> Connection:
        connection = Connection(stage).ask()
        await connection.closed()
        return connection

    connection = asyncio.run(listen())
    assert ids(connection) == list(range(1, 351))
    assert max(map(len, connection.pieces)) < 2 * 65_536


def test_a_store_that_is_away_makes_no_gap_and_heartbeats_go_on() -> None:
    stage = Stage()
    stage.log.add()

    async def listen() -> Connection:
        async with listening(stage) as connection:
            await connection.reach(1)
            stage.log.away = True
            stage.log.add(5)
            stage.clock.now += 15
            await connection.until(lambda heard: HEARTBEAT in heard.body)
            before = stage.log.reads
            while stage.log.reads < before + 5:
                await asyncio.sleep(0)
            stage.log.away = False
            await connection.reach(6)
            return connection

    assert ids(asyncio.run(listen())) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("lost", ["away", "gone"])
def test_a_stream_ends_when_its_store_stays_away_or_its_log_is_gone(lost: str) -> None:
    stage = Stage(failures=5)
    stage.log.add()

    async def listen() -> Connection:
        connection = Connection(stage).ask()
        await connection.reach(1)
        setattr(stage.log, lost, True)
        await connection.closed()
        return connection

    assert asyncio.run(listen()).complete
    assert (stage.streams.listeners, stage.streams.tails) == (0, 0)


def test_a_stream_ends_with_the_sign_in_of_its_client() -> None:
    stage = Stage(signed_in_for=timedelta(seconds=5))
    stage.log.add()

    async def listen() -> Connection:
        connection = Connection(stage).ask()
        await connection.reach(1)
        stage.signed_in_for = None
        async with listening(stage) as other:
            await other.reach(1)
            stage.clock.now += 5
            await connection.closed()
            stage.streams.hear(stage.log.add())
            await other.reach(2)
        return connection

    assert ids(asyncio.run(listen())) == [1]


@pytest.mark.parametrize("told", [True, False])
def test_the_end_of_the_server_ends_every_stream_at_once(*, told: bool) -> None:
    stage = Stage()
    stage.log.add()

    async def listen() -> bool:
        crowd = [Connection(stage).ask() for _ in range(5)]
        for one in crowd:
            await one.reach(1)
        if told:
            await asyncio.to_thread(stage.streams.end)
        else:
            stage.stopping = True
        for one in crowd:
            await one.closed()
        with pytest.raises(Unavailable):
            await stage.streams.open(stage.log, 0)
        return all(one.complete for one in crowd)

    assert asyncio.run(listen())


def test_an_event_heard_out_of_order_waits_for_those_between() -> None:
    stage = Stage()

    async def listen() -> list[int]:
        async with listening(stage) as connection:
            await connection.begin()
            stage.log.add(2)
            stage.streams.hear(stage.log.add())
            await connection.reach(3)
            return ids(connection)

    assert asyncio.run(listen()) == [1, 2, 3]


def test_an_event_that_the_log_has_not_is_refused() -> None:
    stage, log = Stage(), ListedLog()
    log.add(3)
    with pytest.raises(InvalidInput, match="no event 4"):
        asyncio.run(stage.streams.open(log, 4))
