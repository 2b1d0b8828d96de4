"""A local server with the shape of OpenAI's chat completions: it says what a script tells it to, and counts it.

It needs no pytest: ``with OpenAIServer(script) as server`` starts it on a free port; ``server.url`` goes into
OPENAI_BASE_URL and ``KEY`` into OPENAI_API_KEY, of this process or of another one.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from http.server import ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from threading import Event, Lock, Thread
from typing import Self

from backend.domain.models import Tokens
from tests.servers.openai_server_http import Handler
from tests.servers.openai_server_reply import CallTools, Reply, Say, Scripted, error_reply, reply_to
from tests.servers.openai_server_request import Document, Request, cached_tokens
from tests.servers.openai_server_rules import refusal_of
from tests.servers.waiting import LOOPBACK

__all__ = ["KEY", "MODEL", "CallTools", "Fault", "OpenAIServer", "Request", "Say", "Script"]

KEY = "sk-local-key-that-nobody-may-see"
MODEL = "scripted-model"
REMEMBERED = 8
"""Prompts that its prompt cache holds."""

Script = Callable[[Request], Scripted]
Fault = Callable[[Reply], None]


class OpenAIServer:
    """Answers chat completions on a free port of 127.0.0.1 while it is entered.

    Args:
        script: what the model says to each request, or replies in their order; a list that is used up answers 400.
        models: names that it knows; another one is 404.

    Attributes:
        requests: everything that was received, in order, refused ones included.
        usage: tokens that it told its clients, summed up.
        billed: tokens of all completions that it began to send, told or not.
        completions: how many of those there were.
        holding: set once a reply is held back.
        released: set by a test to let held replies go out; they go out at once from then on.
    """

    def __init__(self, script: Script | Iterable[Scripted], models: Iterable[str] = (MODEL,)) -> None:
        self.script: Script = script if callable(script) else _one_after_the_other(script)
        self.models = list(models)
        self.requests: list[Request] = []
        self.usage = Tokens()
        self.billed = Tokens()
        self.completions = 0
        self.closing, self.holding, self.released = Event(), Event(), Event()
        self.connections: list[socket] = []
        self._next: list[Fault] = []
        self._at: dict[int, Fault] = {}
        self._from = 1
        self._always: Fault = _nothing
        self._prompts: list[str] = []
        self._lock = Lock()
        self._http = ThreadingHTTPServer((LOOPBACK, 0), type("Handler", (Handler,), {"openai": self}))
        self._http.daemon_threads = False  # so that closing waits for them
        self._thread = Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """The base URL of its API."""
        return f"http://{LOOPBACK}:{self._http.server_address[1]}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """Variables that lead another process here."""
        return {"OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": KEY}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join()
        for connection in self.connections:
            with suppress(OSError):  # the client has closed it
                connection.shutdown(SHUT_RDWR)
        self._http.server_close()

    def fail_next(self, *faults: Fault) -> None:
        """Let the next completions fail, one fault each."""
        self._next += faults

    def fail_at(self, faults: dict[int, Fault]) -> None:
        """Let some completions fail, by their number among all requests."""
        self._at |= faults

    def fail_from(self, n: int, fault: Fault | None) -> None:
        """Let every completion fail from that request on; None ends it."""
        self._from, self._always = n, fault or _nothing

    def fail_always(self, fault: Fault | None) -> None:
        """Let every completion fail from now on; None ends it."""
        self.fail_from(1, fault)

    def answer(self, method: str, path: str, headers: dict[str, str], raw: bytes) -> Reply:
        """What is sent to a request."""
        with self._lock:
            request = Request(len(self.requests) + 1, method, path, headers, raw, _document(raw))
            self.requests.append(request)
            reply = self._refused(request) or self._completion(request)
            if reply.is_completion:
                self.completions += 1
                self.billed += reply.tokens
            return reply

    def told(self, reply: Reply) -> None:
        """Count what a client has been told; a reply that it did not wait for does not count."""
        with self._lock:
            if reply.reports_usage:
                self.usage += reply.tokens

    def _refused(self, request: Request) -> Reply | None:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return error_reply(request, 401, "Incorrect API key provided.")
        if (request.method, request.path) == ("GET", "/v1/models"):
            models = [{"id": name, "object": "model", "created": 0, "owned_by": "local"} for name in self.models]
            return Reply(request, {}, text=json.dumps({"object": "list", "data": models}))
        if (request.method, request.path) != ("POST", "/v1/chat/completions"):
            return error_reply(request, 404, f"Invalid URL ({request.method} {request.path})")
        broken = refusal_of(request.body)
        if broken:
            return error_reply(request, 400, *broken)
        known = request.body["model"] in self.models
        return None if known else error_reply(request, 404, f"The model `{request.body['model']}` does not exist.")

    def _fault(self, n: int) -> Fault:
        if n in self._at:
            return self._at[n]
        if self._next:
            return self._next.pop(0)
        return self._always if n >= self._from else _nothing

    def _completion(self, request: Request) -> Reply:
        try:
            reply = reply_to(request, self.script(request))
        except StopIteration:
            return error_reply(request, 400, "The script has no more replies.")
        prompt = request.stable_text
        reply.cached = max((cached_tokens(earlier, prompt) for earlier in self._prompts), default=0)
        self._fault(request.n)(reply)
        reply.cut_to_limit()
        if reply.is_completion:
            self._prompts = [*self._prompts[1 - REMEMBERED :], prompt]
        return reply


def _nothing(_: Reply) -> None:
    """No fault."""


def _one_after_the_other(replies: Iterable[Scripted]) -> Script:
    waiting = iter(list(replies))
    return lambda _: next(waiting)


def _document(raw: bytes) -> Document:
    try:
        document = json.loads(raw)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
