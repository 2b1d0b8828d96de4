"""The wire of a local server with the shape of OpenAI's: answers, streams, and the ways in which they break off."""

import select
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from socket import MSG_PEEK, socket
from threading import Event
from typing import ClassVar, Protocol

from tests.servers.openai_server_reply import Reply


class Answering(Protocol):
    """What stands behind the wire."""

    closing: Event
    holding: Event
    released: Event
    connections: list[socket]

    def answer(self, method: str, path: str, headers: dict[str, str], raw: bytes) -> Reply:
        """What is sent to a request."""

    def told(self, reply: Reply) -> None:
        """A reply is about to be sent."""


class Handler(BaseHTTPRequestHandler):
    """Reads requests and sends what ``openai`` answers."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    openai: ClassVar[Answering]

    def setup(self) -> None:
        super().setup()
        self.openai.connections.append(self.connection)

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("content-length", "0"))))

    def _answer(self, raw: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.openai.answer(self.command, self.path, headers, raw)
        if reply.hold and not self._released():
            return
        self.openai.told(reply)
        with suppress(ConnectionError):  # the client did not wait
            if reply.request.streaming and reply.is_completion:
                self._stream(reply)
            else:
                self._send(reply)

    def _send(self, reply: Reply) -> None:
        body = reply.body()
        self._head(reply, "application/json", ("Content-Length", str(len(body))))
        self._part(reply, body)

    def _stream(self, reply: Reply) -> None:
        self._head(reply, "text/event-stream; charset=utf-8", ("Transfer-Encoding", "chunked"))
        pieces = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in reply.pieces())
        self._part(reply, pieces + b"0\r\n\r\n")

    def _part(self, reply: Reply, body: bytes) -> None:
        share = reply.sent if reply.sent is not None else reply.stalled
        self.wfile.write(body if share is None else body[: int(len(body) * share)])
        if reply.stalled is not None:
            self._released()
        self.close_connection = self.close_connection or share is not None

    def _head(self, reply: Reply, kind: str, length: tuple[str, str]) -> None:
        self.send_response(reply.status)
        fields = {"Content-Type": kind, "x-request-id": f"req_{reply.request.n}"} | dict([length]) | reply.headers
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()

    def _released(self) -> bool:
        """Wait for it; False when the client leaves or the server is closed before."""
        self.openai.holding.set()
        while not self.openai.released.is_set():
            gone = bool(select.select([self.connection], [], [], 0.02)[0]) and self._is_left()
            if gone or self.openai.closing.is_set():
                self.close_connection = True
                return False
        return True

    def _is_left(self) -> bool:
        try:
            return not self.connection.recv(1, MSG_PEEK)
        except OSError:
            return True

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: what was received is in ``OpenAIServer.requests``."""
