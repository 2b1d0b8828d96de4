"""One kept-alive HTTP/1.1 connection of a load generator: costs little, and tells when the last byte was there."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

import httptools


@dataclass(frozen=True)
class Target:
    """Where the measured server listens."""

    host: str
    port: int

    def request(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
        """A request as it is sent."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []
        return "\r\n".join((*lines, "", "")).encode() + body


class Wire(asyncio.Protocol):
    """Asks one thing at a time; ``heard`` is told every piece of a body as it arrives."""

    def __init__(self) -> None:
        self.status = 0
        self.body = bytearray()
        self.heard: Callable[[bytes], None] | None = None
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._waiting: asyncio.Future[int] | None = None
        self._begun: asyncio.Future[None] | None = None

    @classmethod
    async def open(cls, target: Target) -> "Wire":
        """A connection to the server."""
        _, wire = await asyncio.get_running_loop().create_connection(cls, target.host, target.port)
        return wire

    async def ask(self, request: bytes) -> int:
        """The status of the answer, when all of it is here; its body stays in ``body``."""
        self.send(request)
        return await self.end()

    def send(self, request: bytes) -> None:
        """Send without waiting."""
        assert self._transport is not None
        self.body.clear()
        self._waiting = asyncio.get_running_loop().create_future()
        self._begun = asyncio.get_running_loop().create_future()
        self._transport.write(request)

    async def begun(self) -> None:
        """Wait for the head of the answer."""
        assert self._begun is not None
        await self._begun

    async def end(self) -> int:
        """Wait for the end of the answer; its status."""
        assert self._waiting is not None
        return await self._waiting

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As asyncio calls it."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """As asyncio calls it."""
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """As asyncio calls it; an answer that was cut off is told to whoever waits."""
        for waiting in (self._begun, self._waiting):
            if waiting is not None and not waiting.done():
                waiting.set_exception(exc or ConnectionResetError("the server hung up in the middle of an answer"))

    def on_headers_complete(self) -> None:
        """As the parser calls it."""
        self.status = self._parser.get_status_code()
        if self._begun is not None and not self._begun.done():
            self._begun.set_result(None)

    def on_body(self, piece: bytes) -> None:
        """As the parser calls it."""
        if self.heard is not None:
            self.heard(piece)
        else:
            self.body += piece

    def on_message_complete(self) -> None:
        """As the parser calls it; the next answer needs a parser of its own."""
        self._parser = httptools.HttpResponseParser(self)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(self.status)
