"""What tells two requests apart: method, address, kind and content."""

from collections.abc import Iterable, Iterator
from email.message import Message as Parameters
from hashlib import sha256
from typing import IO

from starlette.types import Scope

PIECE = 65_536


def digest_of(scope: Scope, body: IO[bytes]) -> str:
    """The digest of a request.

    Args:
        scope: of the request.
        body: at any place; it is read from its start to its end.
    """
    stated = dict(scope["headers"]).get(b"content-type", b"").decode("latin-1")
    parsed = Parameters()
    parsed["content-type"] = stated
    kind, boundary = parsed.get_content_type(), str(parsed.get_param("boundary", "") or "")
    said = "\0".join((scope["method"], scope["path"], scope["query_string"].decode("latin-1"), kind if stated else ""))
    digest = sha256(said.encode())
    body.seek(0)
    pieces = iter(lambda: body.read(PIECE), b"")
    for piece in _without(boundary.encode("latin-1", "replace"), pieces):
        digest.update(piece)
    return digest.hexdigest()


def _without(boundary: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces without the line between the parts of a form, which clients draw anew each time they send it."""
    if not boundary:
        yield from pieces
        return
    kept = b""
    for piece in pieces:
        whole = (kept + piece).replace(boundary, b"")
        end = max(0, len(whole) - len(boundary) + 1)
        yield whole[:end]
        kept = whole[end:]
    yield kept
