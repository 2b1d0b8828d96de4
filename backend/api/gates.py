"""Few at a time: work that keeps a core busy waits outside of the threads that answer everything else."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from backend.domain.errors import Unavailable

Done = TypeVar("Done")


class Gate:
    """Lets a few calls run at the same time, and a number of others wait for them without holding a thread.

    Args:
        at_once: calls that run.
        waiting: calls that may wait; one more is turned away.
        what: the calls in words, for who is turned away.
    """

    def __init__(self, at_once: int, waiting: int, what: str) -> None:
        self._limiter = CapacityLimiter(at_once)
        self._most = at_once + waiting
        self._what = what
        self._inside = 0

    async def run(self, work: Callable[[], Done]) -> Done:
        """What ``work`` returns, done in a thread of its own turn.

        Raises:
            Unavailable: too many wait already.
        """
        if self._inside >= self._most:
            raise Unavailable(f"The server is busy with {self._inside} {self._what}.", "ask again in a few seconds")
        self._inside += 1
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._inside -= 1


class Gates:
    """Those of one server: more at a time would only take cores, or memory, from everything else."""

    def __init__(self) -> None:
        self.backtests = Gate(at_once=2, waiting=64, what="backtests")
        """Direct backtests, and recomputations of bots."""
        self.imports = Gate(at_once=1, waiting=8, what="imports")
        """Each holds its whole file in memory for a moment."""
