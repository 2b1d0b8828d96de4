"""Opens a batch and listens to it on many connections at once: when its cells and its end arrived, and how late."""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from benchmarks.api_wire import Target, Wire

EVENT = re.compile(rb"^data: ?(.*)$", re.M)
AT = re.compile(rb'"at":"([^"]+)"')
TYPE = re.compile(rb'"type":"([^"]+)"')
LATEST_END = 600.0
"""Seconds after which a batch counts as stuck."""


@dataclass(frozen=True)
class Heard:
    """One event as one listener got it; moments of the clock of this machine, in seconds."""

    type: str
    written: float
    arrived: float


@dataclass
class Listener:
    """Collects the events of one connection.

    Attributes:
        since: when the answer began; what was written before had to wait for the listener.
    """

    wire: Wire
    since: float = 0.0
    events: list[Heard] = field(default_factory=list)
    _rest: bytes = b""

    def hear(self, piece: bytes) -> None:
        """Take up a piece of the stream."""
        arrived = time.time()
        *whole, self._rest = (self._rest + piece).split(b"\n\n")
        for block in whole:
            self.events += _events_in(block, arrived)

    @property
    def lags(self) -> list[float]:
        """Seconds from writing to arrival of what was written while it listened."""
        return [event.arrived - event.written for event in self.events if event.written > self.since]


def _events_in(block: bytes, arrived: float) -> Iterator[Heard]:
    for data in EVENT.findall(block):
        at, kind = AT.search(data), TYPE.search(data)
        if at and kind:
            yield Heard(kind[1].decode(), datetime.fromisoformat(at[1].decode()).timestamp(), arrived)


@dataclass(frozen=True)
class BatchTimes:
    """What a batch cost; seconds from the moment at which it was asked for.

    Attributes:
        answered: when its id was known.
        first_cell, ended: when a listener had the first cells, and the end.
        lags: of all listeners, from writing to arrival.
        events: as many as each listener got; a listener that missed one is told by ``missed``.
    """

    batch_id: str
    answered: float
    first_cell: float
    ended: float
    lags: list[float]
    events: int
    missed: int


async def watched_batch(target: Target, body: bytes, listeners: int) -> BatchTimes:
    """Open a batch and listen to it until it ends.

    Raises:
        RuntimeError: it was refused, or did not end.
    """
    wires = await asyncio.gather(*(Wire.open(target) for _ in range(listeners)))
    asking = await Wire.open(target)
    began = time.time()
    if await asking.ask(target.request("POST", "/api/v1/backtest/batch", body)) != 202:
        raise RuntimeError(f"the batch was refused: {bytes(asking.body[:500])!r}")
    answered = time.time() - began
    batch_id: str = json.loads(asking.body)["batch_id"]
    heard = [Listener(wire) for wire in wires]
    async with asyncio.timeout(LATEST_END):
        await asyncio.gather(*(_listen(target, batch_id, listener) for listener in heard))
    asking.close()
    return BatchTimes(
        batch_id,
        answered,
        _first(heard, "cells.done") - began,
        _first(heard, "batch.ended") - began,
        [lag for listener in heard for lag in listener.lags],
        max(len(listener.events) for listener in heard),
        sum(len(listener.events) < max(len(other.events) for other in heard) for listener in heard),
    )


async def _listen(target: Target, batch_id: str, listener: Listener) -> None:
    listener.wire.heard = listener.hear
    headers = {"Accept": "text/event-stream"}
    listener.wire.send(target.request("GET", f"/api/v1/backtest/batch/{batch_id}/events", headers=headers))
    await listener.wire.begun()
    listener.since = time.time()
    await listener.wire.end()
    listener.wire.close()


def _first(listeners: list[Listener], kind: str) -> float:
    moments = [event.arrived for listener in listeners for event in listener.events if event.type == kind]
    if not moments:
        raise RuntimeError(f"no listener heard of {kind}")
    return min(moments)
