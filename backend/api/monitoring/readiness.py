"""Whether the server can do its work: asked anew once in a second at most, however often it is asked."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import structlog

from backend.domain.errors import BackproofError

log = structlog.get_logger()

KEPT = 1.0
"""Seconds for which an answer holds."""

LONGEST = 3.0
"""Seconds after which a part that has not answered counts as away."""

Check = Callable[[], None]
"""Returns when a part can work; raises an error of the domain when it cannot."""


@dataclass(frozen=True)
class _Look:
    """One look at all parts."""

    at: float
    parts: Mapping[str, Future[None]]


class Readiness:
    """Asks the parts that every request needs.

    Args:
        checks: of the parts, by their name.
        clock: seconds of a clock that never goes back.
        longest: seconds to wait for a part.
    """

    def __init__(
        self, checks: Mapping[str, Check], clock: Callable[[], float] = time.monotonic, longest: float = LONGEST
    ) -> None:
        self._checks = checks
        self._clock, self._longest = clock, longest
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(len(checks), thread_name_prefix="readiness")
        self._look: _Look | None = None

    def lacking(self) -> tuple[str, ...]:
        """The parts that cannot work now; why is told to the log alone."""
        look = self._present()
        return tuple(name for name, asked in look.parts.items() if not self._works(name, asked, look.at))

    def close(self) -> None:
        """Ask no more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _present(self) -> _Look:
        """The latest look, or another one where that is old and has been answered."""
        with self._lock:
            look, now = self._look, self._clock()
            waiting = look is not None and not all(asked.done() for asked in look.parts.values())
            if look is None or (now - look.at >= KEPT and not waiting):
                asked = {name: self._threads.submit(check) for name, check in self._checks.items()}
                look = self._look = _Look(now, asked)
            return look

    def _works(self, name: str, asked: Future[None], since: float) -> bool:
        left = self._longest - (self._clock() - since)
        try:
            asked.result(timeout=max(left, 0.0))
        except TimeoutError:
            log.warning("readiness.unanswered", part=name)
            return False
        except BackproofError as error:
            log.warning("readiness.lacking", part=name, error=error.message)
            return False
        return True
