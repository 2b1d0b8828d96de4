"""Waits for something slow in a thread of its own, so that the wait can be given up at any moment."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from backend.domain.errors import Cancelled
from backend.domain.ports import CancelRequested

T = TypeVar("T")

POLL_S = 0.1
FAREWELL_S = 0.5
"""How long a given-up task may take to close its connection before nobody waits for it any more."""


@dataclass
class Waited(Generic[T]):
    """How it ended: with a result, with an error, or cut off after the longest wait, which has neither."""

    result: T | None = None
    error: BaseException | None = None
    seconds: float = 0.0


def wait_for(work: Callable[[], Coroutine[Any, Any, T]], longest: float, cancelled: CancelRequested) -> Waited[T]:
    """Run a coroutine in an event loop of its own and wait for its end, at most ``longest`` seconds.

    A coroutine that does not even stop when it is told to is left behind in its thread.

    Raises:
        Cancelled: ``cancelled`` returned True; the coroutine is told to stop, which closes its connections.
    """
    errand = _Errand(work)
    thread = threading.Thread(target=errand.run, name="model-call", daemon=True)
    thread.start()
    end = time.monotonic() + longest
    try:
        while not errand.over.wait(POLL_S) and time.monotonic() < end:
            if cancelled():
                raise Cancelled("The wait for the model was stopped.")
    finally:
        errand.give_up()
        ended = errand.over.wait(FAREWELL_S)
    return errand.waited if ended else Waited(seconds=longest)


def pause(seconds: float, cancelled: CancelRequested) -> None:
    """Let time pass.

    Raises:
        Cancelled: ``cancelled`` returned True meanwhile.
    """
    end = time.monotonic() + seconds
    while True:
        if cancelled():
            raise Cancelled("The wait for the model was stopped.")
        left = end - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(POLL_S, left))


@dataclass
class _Errand(Generic[T]):
    """One coroutine on its way; ``over`` is set at its end, however it ends."""

    work: Callable[[], Coroutine[Any, Any, T]]
    over: threading.Event = field(default_factory=threading.Event)
    waited: Waited[T] = field(default_factory=Waited)
    _given_up: threading.Event = field(default_factory=threading.Event)
    _stop: Callable[[], object] = lambda: None

    def run(self) -> None:
        """The thread's body."""
        began = time.monotonic()
        try:
            asyncio.run(self._watched())
        finally:
            self.waited.seconds = time.monotonic() - began
            self.over.set()

    def give_up(self) -> None:
        """Tell the coroutine to stop; nothing where it has ended."""
        self._given_up.set()
        with suppress(RuntimeError):  # its loop is closed
            self._stop()

    async def _watched(self) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(self.work())
        self._stop = lambda: loop.call_soon_threadsafe(task.cancel)
        if self._given_up.is_set():
            task.cancel()
        await asyncio.wait({task})
        self._stop = lambda: None
        if not task.cancelled():
            self.waited.error = task.exception()
            if self.waited.error is None:
                self.waited.result = task.result()
