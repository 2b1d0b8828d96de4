"""A server that answers as a script says, whatever it is asked, and may hang up in place of an answer."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What one request is answered; ``cut`` bytes of the body are sent before the server hangs up."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


LOST = Reply(status=0)
"""The connection is closed without a word."""


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class ScriptedServer(ThreadingHTTPServer):
    """Gives one reply after the other."""

    daemon_threads = True

    def __init__(self, replies: Sequence[Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies = list(replies)
        self.asked: list[Asked] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ScriptedServer

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(Asked(self.command, self.path, dict(self.headers.items()), body))
        reply = self.server.replies.pop(0)
        self.close_connection = reply.status == 0 or reply.cut is not None
        if reply.status == 0:
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body[: reply.cut])

    do_POST = do_DELETE = do_GET  # noqa: N815 - as the base class calls them

    def log_message(self, *said: object) -> None:
        """Nothing is printed."""


@contextmanager
def scripted(*replies: Reply) -> Iterator[ScriptedServer]:
    """A server with this script, gone when the block ends; by then it has said everything."""
    with ScriptedServer(replies) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
    assert server.replies == []


def refusal(status: int, detail: str = "It is refused.", **headers: str) -> Reply:
    """A problem document."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps({"title": "x", "detail": detail, "hint": "ask otherwise"}).encode(), named)


def events(ids: Sequence[int], record: dict[str, Any], cut: int | None = None) -> Reply:
    """A stream of events that differ in their ids."""
    blocks = (f"id: {id}\nevent: {record['type']}\ndata: {json.dumps(record | {'id': id})}\n\n" for id in ids)
    body = "".join(("retry: 2000\n\n", ": heartbeat\n\n", *blocks)).encode()
    return Reply(200, body, {"Content-Type": "text/event-stream"}, cut)
