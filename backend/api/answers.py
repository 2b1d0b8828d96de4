"""The one way in which a route answers: bytes of a document that a service built, validated by nobody once more."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Response
from pydantic_core import to_json
from starlette.types import Receive, Scope, Send

SEEN_BY = b"if-none-match"


@dataclass(frozen=True)
class Encoded:
    """A document as it is sent, and the tag by which it is known again."""

    body: bytes
    tag: str

    @classmethod
    def of(cls, document: Mapping[str, Any] | bytes) -> "Encoded":
        """Of plain values, as ``backend/services/documents.py`` builds them, or of JSON; NaN becomes null."""
        body = document if isinstance(document, bytes) else to_json(document, inf_nan_mode="null")
        return cls(body, f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"')


class Answer(Response):
    """A JSON document; whoever holds the very same one already is told so in place of its bytes.

    Args:
        document: its values, its bytes, or both of its parts where it was sent before.
        status: of HTTP; 201 where something was made, 202 where something is being made.
        location: path of what was made.
    """

    media_type = "application/json"

    def __init__(
        self, document: Mapping[str, Any] | bytes | Encoded, status: int = 200, *, location: str | None = None
    ) -> None:
        encoded = document if isinstance(document, Encoded) else Encoded.of(document)
        super().__init__(encoded.body, status, {"Location": location} if location else None)
        if status == 200:
            self.headers["ETag"] = encoded.tag

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, or only its tag where the one who asks has it."""
        if self.status_code == 200 and scope["method"] in ("GET", "HEAD") and self._seen(scope):
            tag = {"ETag": self.headers["ETag"]}
            await Response(status_code=304, headers=tag)(scope, receive, send)
            return
        await super().__call__(scope, receive, send)

    def _seen(self, scope: Scope) -> bool:
        stated = b",".join(value for name, value in scope["headers"] if name == SEEN_BY).decode("latin-1")
        if not stated:
            return False
        tags = {tag.strip().removeprefix("W/") for tag in stated.split(",")}
        return "*" in tags or self.headers["ETag"] in tags


def gone() -> Response:
    """The answer to a request that left nothing to show, such as a deletion."""
    return Response(status_code=204)
