"""An event as it is sent: encoded once, whoever listens."""

from typing import NamedTuple

from pydantic_core import to_json

from backend.domain.batches import BatchEvent
from backend.domain.sessions import Event

HEARTBEAT = b": heartbeat\n\n"


class Line(NamedTuple):
    """One event of a log.

    Attributes:
        id: its place in the log, from 1 on.
        type: e.g. ``session.ended``.
        sent: its bytes in a stream.
    """

    id: int
    type: str
    sent: bytes


def line_of(event: Event | BatchEvent) -> Line:
    """The event as it is sent; its JSON has no line breaks, so it is one ``data`` field."""
    document = to_json(event, inf_nan_mode="null")
    return Line(event.id, event.type, b"id: %d\nevent: %s\ndata: %s\n\n" % (event.id, event.type.encode(), document))


def beginning(retry: float) -> bytes:
    """What a stream begins with: after how long to ask again when it breaks."""
    return b"retry: %d\n\n" % round(retry * 1000)
