"""The one way in which a route answers: bytes of a document that a service built, validated by nobody once more."""

import hashlib
from collections.abc import Mapping
from typing import Any

from fastapi import Response
from pydantic_core import to_json
from starlette.types import Receive, Scope, Send

SEEN_BY = b"if-none-match"


class Answer(Response):
    """A JSON document; whoever holds the very same one already is told so in place of its bytes.

    Args:
        document: plain values, as ``backend/services/documents.py`` builds them, in which what is not a number becomes
            null; or the bytes of a document that never changes.
        status: of HTTP; 201 where something was made, 202 where something is being made.
        location: path of what was made.
    """

    media_type = "application/json"

    def __init__(self, document: Mapping[str, Any] | bytes, status: int = 200, *, location: str | None = None) -> None:
        body = document if isinstance(document, bytes) else to_json(document, inf_nan_mode="null")
        super().__init__(body, status, {"Location": location} if location else None)
        if status == 200:
            self.headers["ETag"] = _tag(body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, or only its tag where the one who asks has it."""
        if self.status_code == 200 and scope["method"] in ("GET", "HEAD") and self._seen(scope):
            tag = {"ETag": self.headers["ETag"]}
            await Response(status_code=304, headers=tag)(scope, receive, send)
            return
        await super().__call__(scope, receive, send)

    def _seen(self, scope: Scope) -> bool:
        stated = b",".join(value for name, value in scope["headers"] if name == SEEN_BY).decode("latin-1")
        tags = {tag.strip().removeprefix("W/") for tag in stated.split(",")}
        return "*" in tags or self.headers["ETag"] in tags


def gone() -> Response:
    """The answer to a request that left nothing to show, such as a deletion."""
    return Response(status_code=204)


def _tag(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
