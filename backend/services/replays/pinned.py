"""The data of a recorded session: the very bars and dataset versions, or a clear refusal."""

from backend.domain.errors import Conflict, DataUnavailable, NotFound
from backend.domain.goal import Goal
from backend.domain.ports import Progress
from backend.domain.sessions import Session
from backend.services.dataset_manager import DatasetManager
from backend.services.market_data import MarketData
from backend.services.preparation import Preparation, Prepared
from backend.services.replays.recording import Recording


class PinnedPreparation(Preparation):
    """Finds the data that a session was tested on, and fetches nothing.

    Args:
        market: bars, of offline sources.
        datasets: sentiment, of offline sources.
        shares: not used, since the periods are those of the record.
        recording: the session whose data it is.
    """

    def __init__(
        self,
        market: MarketData,
        datasets: DatasetManager,
        shares: tuple[float, float, float],
        recording: Recording,
    ) -> None:
        super().__init__(market, datasets, shares)
        self._versions = datasets
        self._recorded = recording.session.model_copy(update={"notices": recording.data_notices})
        self._checked = False

    def prepare(self, session: Session, goal: Goal, progress: Progress) -> Prepared:
        """The data of the record, towards ``goal``.

        Raises:
            Conflict: it is not the same any more, or not all there.
        """
        periods = self._recorded.periods
        if self._recorded.data_hash is None or periods is None:
            raise _refusal(session, "ended before its data was there")
        self._check_versions(session)
        dated = goal.model_copy(update={"start": periods.train.start, "end": periods.holdout.end})
        try:
            return super().prepare(self._recorded, dated, progress)
        except DataUnavailable as error:
            raise _refusal(session, f"was tested on prices that are no longer stored ({error.message})") from error

    def recall(self, session: Session) -> Prepared:
        """The data of the record, towards the session's goal. Raises Conflict."""
        if session.goal is None:
            raise _refusal(session, "has no goal, so it has no data")
        return self.prepare(session, session.goal, lambda _: None)

    def _check_versions(self, session: Session) -> None:
        """Refuse where a version was cleaned up: it would be made anew, and might be another."""
        if self._checked:
            return
        try:
            self._versions.versions(self._recorded.owner, self._recorded.datasets)
        except NotFound as error:
            raise _refusal(session, f"was tested on a dataset that is no longer stored ({error.message})") from error
        self._checked = True


def _refusal(session: Session, why: str) -> Conflict:
    sentence = f"Session {session.session_id} {why.rstrip('.')}, so it cannot be replayed."
    return Conflict(sentence, "start a new session on the data as it is now")
