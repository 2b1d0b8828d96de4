"""A server is killed in mid-stream; whoever asks the next one goes on where the first was cut off."""

import asyncio
import socket
from pathlib import Path

import httpx2
import pytest

from tests.agents.sessions import command
from tests.api.serving import service
from tests.api.streams.connections import Connection, events_in
from tests.api.streams.logs import paced, session_of
from tests.servers.waiting import LOOPBACK, free_port, wait_until


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def cut_off(address: str, kill_after: int, folder: Path, port: int) -> bytes:
    """What came of a stream whose server was killed after so many events; the last one may be cut off."""
    body = b""
    with command(folder, "serve", "--port", str(port)) as server:
        assert wait_until(lambda: listens(port)), server.poll()
        with httpx2.stream("GET", address, timeout=30) as answer:
            try:
                for piece in answer.iter_bytes():
                    body += piece
                    if len(events_in(body)) >= kill_after:
                        server.kill()
            except httpx2.TransportError:
                pass
        server.kill()
        server.communicate()
    return body


@pytest.mark.slow
def test_a_listener_goes_on_with_the_next_server(tmp_path: Path) -> None:
    served = paced(service(tmp_path))
    written, port = session_of(served), free_port()
    for n in range(10):
        written.write(f"step {n}")
    first = events_in(cut_off(f"http://{LOOPBACK}:{port}/api/v1/{written.path}", 5, tmp_path, port))
    assert first == written.log[: len(first)]
    assert len(first) >= 5
    written.write("after the kill")
    written.end()

    async def go_on() -> Connection:
        connection = Connection(served.app, written.path, {"Last-Event-ID": str(first[-1]["id"])}).ask()
        await connection.closed()
        return connection

    assert first + asyncio.run(go_on()).events == written.log
