"""Whether somebody asked a session to stop, asked of the store now and then."""

from collections.abc import Callable

from backend.domain.errors import Cancelled
from backend.domain.ports import CancelRequested

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
            raise Cancelled(f"Session {self._session_id} was cancelled.", "go on with `backproof sessions resume`")
