"""A thread that looks at the queue again and again, whatever happens to the store meanwhile."""

import threading
from collections.abc import Callable

import structlog

from backend.domain.errors import BackproofError, Unavailable
from backend.jobs.catching import Caught

log = structlog.get_logger(__name__)


class Watch:
    """Calls ``look`` every so often, and at once when it is woken.

    Args:
        look: may raise whatever it likes; it is called again.
        seconds: from one look to the next.
    """

    def __init__(self, look: Callable[[], None], seconds: float) -> None:
        self._look = look
        self._seconds = seconds
        self._wake, self._over = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._trouble = ""

    def start(self) -> None:
        """Look from now on."""
        self._over.clear()
        self._thread = threading.Thread(target=self._watch, name="jobs", daemon=True)
        self._thread.start()

    def stop(self, patience: float) -> None:
        """Look no more; waits so many seconds for the look that is going on."""
        self._over.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(patience)

    def wake(self) -> None:
        """Look at once."""
        self._wake.set()

    def trouble(self) -> str:
        """Why the last look came to nothing, in one sentence; empty when all is well."""
        if self._thread is None or not self._thread.is_alive() or self._over.is_set():
            return "Nobody looks at the queue of jobs in this process."
        return self._trouble

    def _watch(self) -> None:
        while True:
            self._wake.clear()  # before the look, so that what comes during it is seen by the next
            if self._over.is_set():
                return
            with Caught() as caught:
                self._look()
            self._note(_trouble(caught.error), caught.error)
            self._wake.wait(self._seconds)

    def _note(self, trouble: str, error: Exception | None) -> None:
        """Trouble that lasts is written to the log once."""
        if error is not None and trouble != self._trouble:
            log.error("jobs.not_seen", reason=trouble, exc_info=None if isinstance(error, Unavailable) else error)
        self._trouble = trouble


def _trouble(error: Exception | None) -> str:
    """In one sentence; empty where there is none."""
    if error is None:
        return ""
    return error.message if isinstance(error, BackproofError) else "The queue of jobs cannot be read; see the log."
