"""A batch that is run by its caller instead of a worker."""

from backend.domain.ports import CancelRequested, Progress, never


class Alone:
    """The Running port where there is no job.

    Args:
        cancelled: whether the caller wants it to stop.
        progress: told what is being done.
    """

    def __init__(self, cancelled: CancelRequested = never, progress: Progress = lambda _: None) -> None:
        self.cancelled = cancelled
        self.progress = progress

    def leaving(self) -> bool:
        """A caller stays."""
        return False

    def tries_again(self, _error: Exception) -> bool:
        """Nothing is tried again by itself."""
        return False
