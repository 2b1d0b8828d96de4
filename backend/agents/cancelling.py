"""Whether somebody asked a session to stop: asked of the store now and then, and while something slow is waited for."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

from backend.domain.errors import Cancelled
from backend.domain.ports import CancelRequested

T = TypeVar("T")

SECONDS_BETWEEN = 0.05
"""A poll sooner than this after the last one is answered from memory, so that loops may poll as often as they like."""


class CancelFlag:
    """The wish to stop one session; once heard it stays.

    Args:
        session_id: of the session.
        asked: reads the flag from the store.
        timer: monotonic seconds.
    """

    def __init__(self, session_id: str, asked: CancelRequested, timer: Callable[[], float]) -> None:
        self._session_id = session_id
        self._asked = asked
        self._timer = timer
        self._next = float("-inf")
        self._heard = False

    def requested(self) -> bool:
        """Cheap enough for an inner loop."""
        if not self._heard and self._timer() >= self._next:
            self._heard = self._asked()
            self._next = self._timer() + SECONDS_BETWEEN
        return self._heard

    def obey(self) -> None:
        """Ask the store, whenever it was asked last.

        Raises:
            Cancelled: somebody asked for it.
        """
        self._next = float("-inf")
        self.stop_if_requested()

    def stop_if_requested(self) -> None:
        """Raises Cancelled when somebody is known to have asked for it."""
        if self.requested():
            raise Cancelled(
                f"Session {self._session_id} was cancelled.",
                f"resume it: `backproof sessions resume {self._session_id}`",
            )

    def waiting_for(self, work: Callable[[], T]) -> T:
        """The result of work that may hang where it cannot poll, e.g. on a network.

        Work that is given up goes on in its thread until it polls ``requested`` or ends; it must be harmless then.

        Raises:
            Cancelled: somebody asked for it meanwhile.
            BaseException: whatever the work raised.
        """
        errand = _Errand(work)
        threading.Thread(target=errand.run, name="errand", daemon=True).start()
        try:
            while not errand.over.wait(SECONDS_BETWEEN):
                self.stop_if_requested()
        finally:
            self._heard = self._heard or not errand.over.is_set()  # an interruption gives it up, too
        if errand.error is not None:
            raise errand.error
        return errand.results[0]


class _Errand(Generic[T]):
    """Work in a thread of its own; ``over`` is set at its end, however it ends."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self.over = threading.Event()
        self.results: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        """The thread's body."""
        with self:
            self.results.append(self._work())

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> bool:
        self.error = error
        self.over.set()
        return True
