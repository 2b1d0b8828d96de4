"""A client on a real socket that reads nothing is let go, and keeps nobody waiting."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn

from tests.api.streams.connections import ID
from tests.api.streams.listed import Stage

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
LARGE, MANY = 1_000_000, 24
"""More than the buffers of both ends of a connection hold."""


@asynccontextmanager
async def listening_server(stage: Stage) -> AsyncIterator[int]:
    """The port of a server of these streams."""
    server = uvicorn.Server(uvicorn.Config(stage, lifespan="off", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.ensure_future(server.serve([listener]))
        try:
            yield int(listener.getsockname()[1])
        finally:
            stage.streams.end()
            server.should_exit = server.force_exit = True
            await serving


async def read_until(reader: asyncio.StreamReader, last: int) -> None:
    rest = b""
    async with asyncio.timeout(30):
        while b"%d" % last not in ID.findall(rest):
            rest = rest[-100:] + await reader.read(LARGE)


async def a_slow_client_and_another(stage: Stage) -> int:
    """How many are left when the slow one has taken nothing for thirty seconds."""
    loop = asyncio.get_running_loop()
    async with listening_server(stage) as port:
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.settimeout(0)
            await loop.sock_connect(slow, ("127.0.0.1", port))
            await loop.sock_sendall(slow, REQUEST)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(REQUEST)
            for n in range(1, MANY + 1):
                stage.streams.hear(stage.log.add(text="x" * LARGE))
                await read_until(reader, n)
            assert stage.streams.listeners == 2
            async with asyncio.timeout(30):
                stage.clock.now += 30
                while stage.streams.listeners != 1:
                    await asyncio.sleep(0)
            stage.streams.hear(stage.log.add())
            await read_until(reader, MANY + 1)
            writer.close()
            return stage.streams.listeners


@pytest.mark.slow
def test_a_client_that_reads_nothing_is_let_go_and_delays_nobody() -> None:
    stage = Stage()
    assert asyncio.run(a_slow_client_and_another(stage)) == 1
    assert (stage.streams.listeners, stage.streams.tails) == (0, 0)
