"""Asks a remote service no faster than it allows, and asks again when a failure may pass."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from backend.domain.errors import Unavailable

Answer = TypeVar("Answer")


class TransientFailure(Exception):
    """The service failed in a way that may pass: it is busy, broken, slow, or its answer was cut off.

    Args:
        reason: what happened, as the end of a sentence that starts with the service's name.
        wait: seconds that the service asks to be left alone; None when it says nothing.
    """

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait


class Unreachable(TransientFailure):
    """There is no way to the service: no network, no such host, or nobody listens.

    Args:
        reason: as for every failure.
        waited: whether it took its time to show; then it is not tried again.
    """

    def __init__(self, reason: str = "cannot be reached", *, waited: bool = False) -> None:
        super().__init__(reason)
        self.waited = waited


def knock(url: str, seconds: float) -> None:
    """See whether somebody listens at an address, before something heavy is imported to talk to him.

    Behind a proxy nobody is asked: it may know a way that this machine does not.

    Raises:
        Unreachable: nobody does, or it does not show within ``seconds``.
    """
    parts = urlsplit(url)
    if getproxies() and not proxy_bypass(parts.hostname or ""):
        return
    opened = Event()

    def call() -> None:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with suppress(OSError), socket.create_connection((parts.hostname, port), timeout=2 * seconds):
            opened.set()

    caller = Thread(target=call, daemon=True)  # looking up a name cannot be interrupted, only left alone
    caller.start()
    caller.join(seconds)
    if not opened.is_set():
        raise Unreachable(waited=caller.is_alive())


@dataclass(frozen=True)
class Patience:
    """How often and how long a failing service is waited for.

    Attributes:
        requests: most requests for one answer.
        first_wait: seconds before the second request; doubled before each further one.
        longest_wait: seconds; a service that asks for more is not waited for.
        short_wait: seconds before the only repetition when the service cannot be reached at all.
    """

    requests: int = 4
    first_wait: float = 1.0
    longest_wait: float = 30.0
    short_wait: float = 0.25

    def wait(self, failure: TransientFailure, failed: int) -> float | None:
        """Seconds to wait after ``failed`` requests, of which the last ended with ``failure``; None to give up."""
        if isinstance(failure, Unreachable):
            return self.short_wait if failed == 1 and not failure.waited else None
        if failed >= self.requests:
            return None
        asked = max(failure.wait or 0.0, self.first_wait * 2 ** (failed - 1))
        return asked if asked <= self.longest_wait else None


class Pacing:
    """The pace at which one service is asked, whoever asks; safe in threads.

    Args:
        service: its name at the start of a sentence.
        interval: least number of seconds from the start of one request to the start of the next.
        patience: what is done about failures.
        clock: seconds that only grow, and how to sleep for some.
    """

    def __init__(
        self,
        service: str,
        interval: float,
        patience: Patience = Patience(),
        clock: tuple[Callable[[], float], Callable[[float], None]] = (time.monotonic, time.sleep),
    ) -> None:
        self._service = service
        self._interval = interval
        self._patience = patience
        self._timer, self._sleep = clock
        self._next = float("-inf")
        self._lock = Lock()

    def call(self, ask: Callable[[], Answer]) -> Answer:
        """The answer of ``ask``, which raises TransientFailure when asking again may help.

        Raises:
            Unavailable: it failed as often as patience allows; says how it failed last.
        """
        failed = 0
        while True:
            self._take_turn()
            try:
                return ask()
            except TransientFailure as failure:
                failed += 1
                wait = self._patience.wait(failure, failed)
                if wait is None:
                    raise self._gave_up(failure) from None
            self._sleep(wait)

    def _take_turn(self) -> None:
        """Wait until ``interval`` has passed since the request before; each caller waits for a turn of its own."""
        with self._lock:
            now = self._timer()
            turn = max(now, self._next)
            self._next = turn + self._interval
        if turn > now:
            self._sleep(turn - now)

    def _gave_up(self, failure: TransientFailure) -> Unavailable:
        if isinstance(failure, Unreachable):
            hint = "check the network, or work with what is stored: `backproof data status`"
        elif failure.wait is not None and failure.wait > self._patience.longest_wait:
            hint = f"it asks to be left alone for {failure.wait:.0f} seconds; try again after that"
        else:
            hint = "try again later; everything fetched before is kept"
        return Unavailable(f"{self._service} {failure.reason}.", hint)
