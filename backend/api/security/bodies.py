"""What a request may bring along: so many bytes, of the right kind, in time."""

import asyncio
import time
from dataclasses import dataclass

from anyio import to_thread
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.errors import TooLarge, Unsupported, answer, problem
from backend.api.security.json_text import refuse_odd_json
from backend.domain.errors import BackproofError

MEGABYTE = 1_000_000
WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")
ASIDE = 100_000
"""Bytes of a body that is read in a thread, so that others do not wait."""


@dataclass(frozen=True)
class Allowance:
    """How much, and how slowly.

    Attributes:
        most: bytes of a body.
        most_uploaded: bytes of a file.
        silence: seconds without a byte after which nothing more is waited for.
        slowest: bytes a second on average, after the first seconds of silence.
        drained: seconds for which the rest of a body that is too large is read, so that the answer is heard.
    """

    most: int = 10 * MEGABYTE
    most_uploaded: int = 200 * MEGABYTE
    silence: float = 15.0
    slowest: int = 10_000
    drained: float = 2.0


class TooSlow(BackproofError):
    """The rest of the body did not come in time."""


class Bodies:
    """Reads bodies before a route is reached; files pass by as they come.

    Args:
        app: what answers.
        uploads: paths whose bodies are files.
        allowance: how much, and how slowly.
    """

    def __init__(self, app: ASGIApp, uploads: tuple[str, ...], allowance: Allowance = Allowance()) -> None:
        self._app = app
        self._uploads = uploads
        self._allowance = allowance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["method"] in WITHOUT_BODY:
            await self._app(scope, receive, send)
        elif scope["path"] in self._uploads:
            await self._upload(scope, receive, send)
        else:
            await self._read(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        incoming = Incoming(scope, receive, self._allowance, self._allowance.most)
        try:
            body = await incoming.whole()
            if body:
                await _refuse_other_than_json(scope, body)
        except ClientDisconnect:
            return
        except BackproofError as error:
            await incoming.refuse(error, send)
            return
        await self._app(scope, _once(body, receive), send)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        incoming = Incoming(scope, receive, self._allowance, self._allowance.most_uploaded)
        began = False

        async def watching(message: Message) -> None:
            nonlocal began
            if incoming.refused is None or began:
                began = True
                await send(message)

        try:
            incoming.refuse_declared()
        except BackproofError as error:
            await incoming.refuse(error, send)
            return
        await self._app(scope, incoming.next, watching)
        if incoming.refused is not None and not began:
            await incoming.refuse(incoming.refused, send)


class Incoming:
    """A body that comes in.

    Args:
        scope: of its request.
        receive: brings the next piece.
        allowance: how slowly it may come.
        most: bytes.
    """

    def __init__(self, scope: Scope, receive: Receive, allowance: Allowance, most: int) -> None:
        self._scope = scope
        self._receive = receive
        self._allowance = allowance
        self._most = most
        self._seen = 0
        self._begun = time.monotonic()
        self._ended = False
        self.refused: BackproofError | None = None

    async def whole(self) -> bytes:
        """All of it.

        Raises:
            TooLarge, TooSlow: it is not what may be sent.
            ClientDisconnect: whoever sent it is gone, before or in the middle.
        """
        self.refuse_declared()
        pieces: list[bytes] = []
        while not self._ended:
            message = await self._piece()
            pieces.append(message.get("body", b""))
        return b"".join(pieces)

    async def next(self) -> Message:
        """The next piece; where there may be none, whoever reads is told that the client is gone."""
        if self._ended or self.refused is not None:
            return {"type": "http.disconnect"} if self.refused else await self._receive()
        try:
            return await self._piece()
        except ClientDisconnect:
            return {"type": "http.disconnect"}
        except BackproofError as error:
            self.refused = error
            return {"type": "http.disconnect"}

    def refuse_declared(self) -> None:
        """Raise TooLarge where the request says itself that its body is too large."""
        declared = dict(self._scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared[:20]) > self._most:
            raise self._too_large()

    async def refuse(self, error: BackproofError, send: Send) -> None:
        """Answer with an error, having let the client end its sentence; nothing more is read from its connection."""
        if isinstance(error, TooLarge) and not _waits(self._scope):
            await self._drain()
        slow = isinstance(error, TooSlow)
        refusal = answer(408, "Too slow", error.message, error.hint) if slow else problem(error)
        if isinstance(error, TooLarge | TooSlow):
            refusal.headers["Connection"] = "close"
        await refusal(self._scope, self._receive, send)

    async def _piece(self) -> Message:
        patience = self._allowance.silence
        late = self._begun + patience + self._seen / self._allowance.slowest - time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, min(patience, late))):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow("The body did not come in time.", "send it again, without a pause") from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        self._seen += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        if self._seen > self._most:
            raise self._too_large()
        return message

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(self._allowance.drained):
                while not self._ended:
                    message = await self._receive()
                    self._ended = message["type"] == "http.disconnect" or not message.get("more_body", False)
        except TimeoutError:
            return

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The body is larger than {self._most // MEGABYTE} MB.", "send less at a time")


def _waits(scope: Scope) -> bool:
    return any(name == b"expect" for name, _ in scope["headers"])


def _once(body: bytes, receive: Receive) -> Receive:
    told = False

    async def receiving() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


async def _refuse_other_than_json(scope: Scope, body: bytes) -> None:
    headers = dict(scope["headers"])
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Unsupported("A compressed body is not read here.", "send it without `Content-Encoding`")
    stated = headers.get(b"content-type", b"").decode("latin-1").lower()
    kind, _, parameters = stated.partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    if kind.strip() != "application/json" or charset not in ("", "utf-8"):
        raise Unsupported("Only JSON is read here.", "send `Content-Type: application/json`, in UTF-8")
    if len(body) > ASIDE:
        await to_thread.run_sync(refuse_odd_json, body)
    else:
        refuse_odd_json(body)
