"""Does a request that is sent twice under one key once, and answers it twice (``Idempotency-Key``)."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import TypeVar
from zlib import compress, decompress

import structlog
from anyio import CapacityLimiter, to_thread
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.auth.signing_in import SignedIn
from backend.api.errors import problem
from backend.api.security.request_digest import digest_of
from backend.bootstrap.accounts import Accounts
from backend.bootstrap.repeats import KeyedRequest, serving
from backend.domain.errors import BackproofError, InvalidInput
from backend.services.answers import Answers, Begun, BeingDone, Written

log = structlog.get_logger()

Result = TypeVar("Result")

METHODS = ("POST", "DELETE")
LONGEST_KEY = 255
KEPT_HEADERS = ("content-type", "location", "etag", "cache-control")
IN_MEMORY = 1_000_000
"""Bytes of a body that wait in memory until it is known whether its request is new."""
AT_ONCE = 16
"""Threads that look keys up."""
PIECE = 65_536


class Idempotency:
    """Requests with a key.

    Args:
        app: what answers those that are new.
        accounts: of this machine.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts) -> None:
        self._app = app
        self._accounts = accounts
        self._threads = CapacityLimiter(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        sent = [value for name, value in scope.get("headers", ()) if name == b"idempotency-key"]
        if not sent or scope.get("method") not in METHODS or "signed_in" not in scope:
            await self._app(scope, receive, send)
            return
        with SpooledTemporaryFile(IN_MEMORY) as body:
            if not await _received(receive, body):
                return  # whoever asked is gone
            try:
                begun = await self._begin(_key(sent), scope, body)
            except BackproofError as error:
                await _refusal(error)(scope, receive, send)
                return
            if isinstance(begun, Written):
                await _again(begun)(scope, receive, send)
                return
            await self._serve(begun, scope, _replayed(body, receive), send)

    async def _begin(self, key: str, scope: Scope, body: "SpooledTemporaryFile[bytes]") -> Begun | Written:
        found: SignedIn = scope["signed_in"]

        def begin() -> Begun | Written:
            return self._answers.begin(found.account.owner, key, digest_of(scope, body))

        return await self._in_thread(begin)

    async def _serve(self, begun: Begun, scope: Scope, receive: Receive, send: Send) -> None:
        heard: list[Message] = []

        async def hearing(message: Message) -> None:
            heard.append(message)

        try:
            with serving(KeyedRequest(begun.claim.owner, begun.claim.key, begun.repeated)):
                await self._app(scope, receive, hearing)
        finally:
            await self._in_thread(lambda: self._end(begun, _written(scope, heard)))
        for message in heard:
            await send(message)

    def _end(self, begun: Begun, written: Written | None) -> None:
        try:
            self._answers.end(begun, written)
        except BackproofError as error:  # the work is done, and whoever asked is told so
            log.warning("answer.not_kept", reason=error.message)

    @property
    def _answers(self) -> Answers:
        return self._accounts.service.answers

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await to_thread.run_sync(work, limiter=self._threads)


def _key(sent: list[bytes]) -> str:
    key = sent[0].decode("latin-1")
    if len(sent) > 1 or not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InvalidInput(
            "The Idempotency-Key is none.", f"send one of 1 to {LONGEST_KEY} printable characters, e.g. a UUID"
        )
    return key


async def _received(receive: Receive, body: "SpooledTemporaryFile[bytes]") -> bool:
    """Whether the whole body came."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        body.write(message.get("body", b""))
        more = message.get("more_body", False)
    return True


def _replayed(body: "SpooledTemporaryFile[bytes]", receive: Receive) -> Receive:
    body.seek(0)
    ended = False

    async def receiving() -> Message:
        nonlocal ended
        if ended:
            return await receive()
        piece = body.read(PIECE)
        ended = len(piece) < PIECE
        return {"type": "http.request", "body": piece, "more_body": not ended}

    return receiving


def _written(scope: Scope, heard: list[Message]) -> Written | None:
    """What is kept of an answer; None of one that did not end, or that says that something went wrong here."""
    if not heard or heard[0]["status"] >= 500 or heard[-1].get("more_body", False) or len(heard) < 2:
        return None
    named = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in heard[0]["headers"])
    body = b"".join(message.get("body", b"") for message in heard[1:])
    body = scope.get("state", {}).get("kept_body", body)  # without what is shown once only
    return Written(
        heard[0]["status"],
        tuple((name, value) for name, value in named if name in KEPT_HEADERS),
        b64encode(compress(body, 1)).decode(),
    )


def _again(written: Written) -> Response:
    headers = dict(written.headers) | {"idempotent-replayed": "true"}
    return Response(decompress(b64decode(written.body)), written.status, headers)


def _refusal(error: BackproofError) -> Response:
    refusal = problem(error)
    if isinstance(error, BeingDone):
        refusal.headers["Retry-After"] = "1"
    return refusal
