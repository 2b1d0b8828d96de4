"""The load generator of the HTTP benchmark hears all that a server says, and counts from when a request was due."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from benchmarks.api_contents import BARS, SYMBOLS, cells
from benchmarks.api_listeners import Listener
from benchmarks.api_load import arrivals, one_by_one, saturation
from benchmarks.api_wire import Target, Wire

T = TypeVar("T")

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n"
EVENTS = (
    b": heartbeat\n\nid: 1\nevent: batch.started\ndata: "
    b'{"id":1,"batch_id":"b","at":"2026-01-01T00:00:01Z","type":"batch.started","data":{"type":"x"}}\n\n'
    b'id: 2\nevent: batch.ended\ndata: {"id":2,"batch_id":"b","at":"2026-01-01T00:00:03Z","type":"batch.ended"}\n\n'
)
FIRST_SECOND = 1_767_225_600
"""Of the year 2026, in seconds of this machine's clock."""


def asked(answer: bytes, work: Callable[[Target], Awaitable[T]]) -> T:
    """What the work yields beside a server that says this to every request."""

    talks: list[asyncio.Task[None] | None] = []

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.current_task())
        while await reader.readline():
            while (await reader.readline()).strip():
                pass
            writer.write(answer)
            if not answer.endswith((b"ok", b"\r\n\r\n")):
                break
        writer.close()
        await writer.wait_closed()

    async def both() -> T:
        server = await asyncio.start_server(say, "127.0.0.1", 0)
        async with server:
            done = await work(Target("127.0.0.1", server.sockets[0].getsockname()[1]))
            await asyncio.gather(*filter(None, talks))
        return done

    return asyncio.run(both())


@pytest.mark.parametrize("answer", [WHOLE, CHUNKED])
def test_one_connection_asks_again_and_again(answer: bytes) -> None:
    async def twice(target: Target) -> list[bytes]:
        wire, bodies = await Wire.open(target), []
        for _ in range(2):
            assert await wire.ask(target.request("GET", "/")) == 200
            bodies.append(bytes(wire.body))
        wire.close()
        return bodies

    assert asked(answer, twice) == [b"ok", b"ok"]


def test_an_answer_that_is_cut_off_is_told() -> None:
    async def once(target: Target) -> None:
        with pytest.raises(ConnectionResetError):
            await (await Wire.open(target)).ask(target.request("GET", "/"))

    asked(WHOLE[:-1], once)


def test_as_many_requests_come_as_the_rate_says() -> None:
    async def load(target: Target) -> list[tuple[str, int, bool]]:
        done = await arrivals(target, ["/a", "/b"], 1000.0, 0.02)
        return [(one.path, one.status, one.seconds >= one.late >= 0) for one in done]

    assert asked(WHOLE, load) == [("/a", 200, True), ("/b", 200, True)] * 10


def test_a_server_without_a_pause_is_counted() -> None:
    async def load(target: Target) -> bool:
        medians = await one_by_one(target, ["/a"], 3)
        return medians["/a"] > 0 and await saturation(target, ["/a"], 2, 0.02) > 0

    assert asked(WHOLE, load)


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_events_are_heard_however_they_are_cut(size: int) -> None:
    listener = Listener(Wire(), since=FIRST_SECOND + 2)
    for first in range(0, len(EVENTS), size):
        listener.hear(EVENTS[first : first + size])
    assert [(event.type, event.written - FIRST_SECOND) for event in listener.events] == [
        ("batch.started", 1),
        ("batch.ended", 3),
    ]
    assert len(listener.lags) == 1  # the first one had been written before anybody listened


def test_a_batch_is_every_strategy_on_every_symbol() -> None:
    assert len(cells(SYMBOLS, ("a", "b"))) == 2 * len(SYMBOLS) == 100
    assert BARS == 3_270
