"""What does the jobs of one kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.domain.jobs import Job, JobKind
from backend.domain.ports import Running


def _nobody(_job: Job) -> None:
    """Nobody else has to know."""


@dataclass(frozen=True)
class Handler:
    """What a worker calls for the jobs of one kind.

    Attributes:
        run: does the work, from wherever it stopped when it was begun before; what it returns is kept in the job.
            It raises Busy to be called again a little later, Unavailable to be tried again a few times, Cancelled when
            it heard that it should stop; any other error fails the job.
        ended: told of a job that failed or was cancelled, whether it had begun or not; it may be told twice.
    """

    run: Callable[[Job, Running], dict[str, Any] | None]
    ended: Callable[[Job], None] = _nobody


Handlers = Mapping[JobKind, Handler]
