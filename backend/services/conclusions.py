"""Ends a turn of a session: opens the hold-out at most once, lets the checks decide, stores verdict and opening."""

from collections.abc import Callable

from backend.domain.errors import Conflict, Unavailable
from backend.domain.ledger import Opening
from backend.domain.ports import CancelRequested, Clock, LedgerStore, SessionStore, never
from backend.domain.sessions import Attempt, Session
from backend.domain.verdict import Check, Verdict
from backend.proof.checks import CHECKS
from backend.proof.ledger import Look, opening_id, opening_rank
from backend.proof.trials import TrialCount, effective_trials
from backend.proof.verdict import attainable, judge
from backend.services.exhibits import Case, Exhibit, Exhibits
from backend.services.looks import looks_before
from backend.services.preparation import Prepared
from backend.services.price_jumps import jump_notices
from backend.services.turns import ended, ending_with, trials_behind, trials_of_others, wished_after_seeing

TRIES = 20
"""Times that the rank of a look is counted anew because another session opened a period meanwhile."""

SEEN_BEFORE = (
    "The hold-out had been shown with this strategy before these targets were stated: that they hold there is no test."
)

Seconds = Callable[[], float]


class Conclusions:
    """Concludes sessions.

    Args:
        store: keeps the session and its opening in one transaction.
        ledger: openings that the owner made before.
        exhibits: gathers the evidence.
        clock: the present moment in UTC.
    """

    def __init__(self, store: SessionStore, ledger: LedgerStore, exhibits: Exhibits, clock: Clock) -> None:
        self._store = store
        self._ledger = ledger
        self._exhibits = exhibits
        self._clock = clock

    def conclude(
        self,
        session: Session,
        prepared: Prepared,
        chosen: Attempt | None,
        seconds: Seconds,
        cancelled: CancelRequested = never,
    ) -> Session:
        """Judge ``chosen`` and store the session as done, and what it came to as the ending of its running turn.

        A session whose targets are not met on validation is rejected and opens nothing. ``seconds`` says how long the
        session has worked so far; it is asked at the end.

        Raises:
            Cancelled: ``cancelled`` returned True; nothing was shown, and nothing is stored.
        """
        attempts = self._store.list_attempts(session.session_id)
        behind = trials_behind(self._store, session, session.turn_n, len(attempts))
        trials = effective_trials(behind)
        session = self._counted(session)
        if chosen is None or chosen.validation is None:
            return self._store_end(session, trials, None, _nothing_to_judge(), seconds)
        case = Case(session, prepared, chosen, attempts, trials, cancelled, trials_of_others(behind, session))
        if not attainable(prepared.loop.goal, chosen.validation):
            return self._store_end(session, trials, chosen, judge(self._exhibits.sealed(case)), seconds)
        return self._open_and_judge(case, seconds)

    def _open_and_judge(self, case: Case, seconds: Seconds) -> Session:
        """Another session that opens a period meanwhile changes the rank alone; all else is computed once."""
        full = case.prepared.sealed.open(self._opening(case))
        shown = self._exhibits.opened(case, full)
        jumps = jump_notices(full.bars, since=case.prepared.periods.holdout.start)
        late = wished_after_seeing(case.session, case.chosen.attempt_id, case.prepared.loop.goal)
        told = (*case.session.notices, *jumps, *((SEEN_BEFORE,) if late else ()))
        notices = tuple(dict.fromkeys(told))  # an earlier turn may have told of them
        causality = CHECKS["causality"](shown.evidence)
        for _ in range(TRIES):
            try:
                return self._store_ranked(case, shown, notices, causality, seconds)
            except Conflict:
                continue
        raise Unavailable("Other sessions keep opening periods of this market.", "resume the session in a moment")

    def _store_ranked(
        self, case: Case, shown: Exhibit, notices: tuple[str, ...], causality: Check, seconds: Seconds
    ) -> Session:
        """Judge by the looks that there are at this moment, and store. Raises Conflict when there are more by then."""
        earlier, opening = self._ledger.list_openings(case.session.owner), self._opening(case)
        exhibit = shown.at(opening_rank(opening, looks_before(opening, earlier, self._store)))
        update = {"holdout": exhibit.holdout, "null_league": exhibit.null_league, "notices": notices}
        done, verdict = case.session.model_copy(update=update), judge(exhibit.evidence, [causality])
        return self._store_end(done, case.trials, case.chosen, verdict, seconds, (opening, len(earlier)))

    def _opening(self, case: Case) -> Opening:
        session, period = case.session, case.prepared.periods.holdout
        symbol = case.prepared.loop.goal.symbols[0]
        look = {"spec_hash": case.chosen.spec_hash, "data_hash": case.prepared.sealed.data_hash}
        seed, execution = session.request.seed, session.request.execution
        shown = Look(owner=session.owner, seed=seed, symbol=symbol, period=period, execution=execution, **look)
        return Opening(
            id=opening_id(shown),
            owner=session.owner,
            kind="session",
            subject_id=session.session_id,
            symbol=symbol,
            period=period,
            fingerprint=case.prepared.sealed.fingerprint(),
            opened_at=self._clock(),
            **look,
        )

    def _store_end(
        self,
        session: Session,
        trials: TrialCount,
        chosen: Attempt | None,
        verdict: Verdict,
        seconds: Seconds,
        opened: tuple[Opening, int] | None = None,
    ) -> Session:
        done = session.model_copy(
            update={
                "status": "done",
                "chosen": chosen.attempt_id if chosen else None,
                "trials": trials.trials,
                "effective_trials": trials.effective,
                "verdict": verdict,
                "timings": session.timings.model_copy(update={"total_s": seconds()}),
            }
        )
        opening, seen = opened or (None, 0)
        attempts = len(self._store.list_attempts(session.session_id))
        done = ended(done, ending_with(done, verdict, attempts), verdict.reasons[0])
        self._store.conclude(done, opening, seen)
        return done

    def _counted(self, session: Session) -> Session:
        """With the backtests of this session alone; the trials of one that it carries on count for the verdict."""
        own = sum(batch.count for batch in self._store.list_trials(session.session_id))
        return session.model_copy(update={"usage": session.usage.model_copy(update={"backtests": own})})


def _nothing_to_judge() -> Verdict:
    reason = "Rejected: no attempt could be tested that keeps to the goal; failed ones say why under failed_reason."
    return Verdict(outcome="rejected", checks=(), reasons=(reason,))
