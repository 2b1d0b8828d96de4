"""Follows the log of something that runs, over lost connections and restarts of the server."""

from collections.abc import Iterator
from typing import TypeVar

import httpx2

from backend.client.connection import Connection, record_in
from backend.client.problems import Problem
from backend.domain.batches import BatchEvent
from backend.domain.sessions import Event

E = TypeVar("E", Event, BatchEvent)

TIMEOUT = httpx2.Timeout(10.0, read=45.0)
"""Seconds; a server that lives says so every 15."""

LARGEST_EVENT = 16 * 1024 * 1024
"""Bytes."""

OVER = 204
"""Status of a log that is at its end."""

PASSING = (429, 503)
"""Statuses that may pass."""

TRIES = 12
"""Connections in a row that bring nothing, after which a server counts as gone."""


class _Over(Exception):
    """The log is at its end."""


def follow(connection: Connection, event: type[E], path: str, after: int = 0) -> Iterator[E]:
    """Each event with an id above ``after`` once, in order, until the log is at its end.

    Raises:
        Problem: the server refuses.
        Unavailable: it has been away for too long.
    """
    tries = 0
    while True:
        seen = after
        lost: Exception | None = None
        try:
            for read in _connected(connection, event, path, after):
                after = read.id
                yield read
        except _Over:
            return
        except (httpx2.TransportError, Problem) as error:
            if isinstance(error, Problem) and error.status not in PASSING:
                raise
            lost = error
        tries = 0 if after > seen else tries + 1
        if tries >= TRIES:
            raise connection.away(lost or EOFError()) from lost
        if tries:
            connection.patience.pause(connection.patience.wait_before(tries))


def _connected(connection: Connection, event: type[E], path: str, after: int) -> Iterator[E]:
    """What one connection brings; an event that came before is left out."""
    headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": str(after)} if after else {})
    with connection.stream(path, headers, TIMEOUT) as response:
        if response.status_code == OVER:
            raise _Over
        for sent in httpx2.EventSource(response, LARGEST_EVENT):
            read = record_in(event, sent.data) if sent.data else None
            if read is not None and read.id > after:
                after = read.id
                yield read
