"""The backtester: tests a candidate strategy on the train and validation periods of its session."""

from backend.domain.ports import CancelRequested
from backend.domain.sessions import Attempt, Candidate, Session
from backend.search.tuner import EVALUATIONS
from backend.services.attempts import Attempts
from backend.services.preparation import LoopData


class Backtester:
    """Never touches the hold-out: the data it is handed ends before it."""

    def __init__(self, attempts: Attempts) -> None:
        self._attempts = attempts

    def test(
        self,
        session: Session,
        data: LoopData,
        candidate: Candidate,
        n: int,
        cancelled: CancelRequested,
        evaluations: int = EVALUATIONS,
    ) -> Attempt:
        """Tune the numbers of ``candidate`` on train, run it on train and validation, and store attempt ``n``."""
        return self._attempts.test(session, data, candidate, n, cancelled, evaluations)
