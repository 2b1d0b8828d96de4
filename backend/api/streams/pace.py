"""How often an event stream looks, speaks and waits."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Seconds, unless said otherwise.

    Attributes:
        heartbeat: of silence, after which a comment shows that the stream is alive.
        patience: for a client that takes nothing, before it is dropped.
        tick: between two looks at what listeners are due.
        fastest, slowest: between two looks into the store for events that other processes wrote: while they come, and
            when none have come for a while.
        looks: into the store in one second at most, all streams together.
        failures: of the store in a row, after which a stream ends and its client asks again.
        retry: after which a client asks again.
        clock: seconds of a clock that never goes back.
    """

    heartbeat: float = 15.0
    patience: float = 30.0
    tick: float = 0.5
    fastest: float = 0.1
    slowest: float = 1.0
    looks: float = 100.0
    failures: int = 60
    retry: float = 2.0
    clock: Callable[[], float] = time.monotonic

    def after_silence(self, waited: float) -> float:
        """How long to wait for the next look when this wait brought nothing."""
        return min(waited * 1.5, self.slowest)
