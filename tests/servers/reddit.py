"""A server that answers like Reddit: keys, listings in pages, and the faults that Reddit has now and then."""

import base64
import json
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.servers.waiting import LOOPBACK

CLIENT_ID, CLIENT_SECRET, TOKEN = "a-script", "its-secret", "a-token-of-the-day"
PAGE = 100
LONGEST_LISTING = 1_000
PLENTY = {"x-ratelimit-remaining": "95.0", "x-ratelimit-used": "5", "x-ratelimit-reset": "600"}


@dataclass(frozen=True)
class Fault:
    """What a listing answers in place of its page.

    Attributes:
        silent: it does not answer until the server stops.
        cut: it promises more bytes than it sends.
    """

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    cut: bool = False


class RedditServer:
    """Submissions and comments by subreddit, served on a free port of 127.0.0.1 while it is entered.

    Attributes:
        faults: answers of the next listings, taken from the left.
        refusal: status with which all keys are refused; 0 accepts those that are right.
        repeats: how many items of a page are on the next one again, as when newer ones come meanwhile.
        asked: paths with their queries, and tokens asked for, in order.
        headers: sent with every listing.
    """

    def __init__(self) -> None:
        self.faults: deque[Fault] = deque()
        self.refusal = 0
        self.repeats = 0
        self.asked: list[str] = []
        self.headers: dict[str, str] = dict(PLENTY)
        self.released = threading.Event()
        self._listings: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._server = ThreadingHTTPServer((LOOPBACK, 0), _Handler)
        self._server.reddit = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens, for keys and listings alike."""
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def open(self, *subreddits: str) -> None:
        """Let subreddits exist, with nothing in them."""
        for name in subreddits:
            for kind in ("new", "comments"):
                self._listings.setdefault((name.lower(), kind), [])

    def submit(self, subreddit: str, id: str, at: datetime, title: str, **facts: Any) -> None:
        """Add a submission."""
        text = {"title": title, "selftext": "", "permalink": f"/r/{subreddit}/comments/{id}/"}
        self._add(subreddit, "new", f"t3_{id}", at, text | facts)

    def comment(self, subreddit: str, id: str, at: datetime, body: str, **facts: Any) -> None:
        """Add a comment."""
        text = {"body": body, "link_id": "t3_root", "permalink": f"/r/{subreddit}/comments/root/_/{id}/"}
        self._add(subreddit, "comments", f"t1_{id}", at, text | facts)

    def page(self, subreddit: str, kind: str, query: dict[str, str]) -> dict[str, Any] | None:
        """One page of a listing, newest first; None for a subreddit that there is not."""
        items = self._listings.get((subreddit.lower(), kind))
        if items is None:
            return None
        newest = sorted(items, key=lambda item: item["data"]["created_utc"], reverse=True)[:LONGEST_LISTING]
        names = [item["data"]["name"] for item in newest]
        first = names.index(query["after"]) + 1 - self.repeats if query.get("after") in names else 0
        last = names.index(query["before"]) if query.get("before") in names else len(names)
        stop = min(last, first + min(PAGE, int(query.get("limit", "25"))))
        after = names[stop - 1] if stop < last else None
        return {"kind": "Listing", "data": {"after": after, "before": None, "children": newest[first:stop]}}

    def _add(self, subreddit: str, kind: str, name: str, at: datetime, facts: dict[str, Any]) -> None:
        self.open(subreddit)
        prefix, _, id = name.partition("_")
        usual = {"id": id, "name": name, "created_utc": at.timestamp(), "author": "kim", "score": 7}
        data = usual | {"subreddit": subreddit} | facts
        self._listings[subreddit.lower(), kind].append({"kind": prefix, "data": data})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def _reddit(self) -> RedditServer:
        reddit: RedditServer = self.server.reddit  # type: ignore[attr-defined]
        return reddit

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", "0")))
        self._reddit.asked.append(f"POST {self.path}")
        keys = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if self.path != "/api/v1/access_token":
            self._answer(404, {"message": "Not Found", "error": 404})
        elif self._reddit.refusal:
            self._answer(self._reddit.refusal, {"error": "invalid_grant"})
        elif self.headers.get("authorization") != f"Basic {keys}":
            self._answer(401, {"message": "Unauthorized", "error": 401})
        else:
            self._answer(
                200,
                {"access_token": TOKEN, "token_type": "bearer", "expires_in": 86_400, "scope": "*", "device_id": ""},
            )

    def do_GET(self) -> None:
        self._reddit.asked.append(f"GET {self.path}")
        if self.headers.get("authorization") != f"bearer {TOKEN}":
            self._answer(401, {"message": "Unauthorized", "error": 401})
        elif self._reddit.faults:
            self._fail(self._reddit.faults.popleft())
        else:
            self._list()

    def _list(self) -> None:
        address = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        match address.path.strip("/").split("/"):
            case ["r", subreddit, "new" | "comments" as kind]:
                page = self._reddit.page(subreddit, kind, query)
            case _:
                page = None
        if page is None:
            self._answer(404, {"message": "Not Found", "error": 404})
        else:
            self._answer(200, page, self._reddit.headers)

    def _fail(self, fault: Fault) -> None:
        if fault.silent:
            self._reddit.released.wait(30)
            self.close_connection = True
            return
        body = fault.body.encode()
        self.close_connection = self.close_connection or fault.cut
        self._send(fault.status, body, len(body) + 100 if fault.cut else len(body), fault.headers)

    def _answer(self, status: int, document: object, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(document).encode()
        self._send(status, body, len(body), headers or {})

    def _send(self, status: int, body: bytes, length: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"content-type": "application/json", "content-length": str(length)} | headers).items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("connection", "close")  # or the client sends its next request into a closed connection
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: what was asked is in ``RedditServer.asked``."""


def faults_of(status: int, times: int, headers: dict[str, str] | None = None) -> Sequence[Fault]:
    """The same refusal several times."""
    return [Fault(status, json.dumps({"error": status}), headers or {}) for _ in range(times)]
