"""Tests one candidate of a session: tunes it on train, runs it on train and validation, keeps the evidence."""

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.execution import Execution
from backend.domain.hashing import hash_json
from backend.domain.ledger import TrialBatch
from backend.domain.ports import CancelRequested, SessionStore
from backend.domain.sessions import Attempt, Candidate, ConditionRate, Diagnosis, Observations, Session
from backend.domain.spec import StrategySpec
from backend.language import CompiledSpec, compile_spec, diff_specs, spec_hash
from backend.proof.trials import sketch
from backend.search.tuner import TuningTask, tune
from backend.services.evaluation import Decisions
from backend.services.preparation import LoopData


class Attempts:
    """The attempts of sessions.

    Args:
        store: where attempts and their trials are kept; a step run again is written once.
    """

    def __init__(self, store: SessionStore) -> None:
        self._store = store

    def list(self, session: Session) -> tuple[Attempt, ...]:
        """Ascending by number."""
        return self._store.list_attempts(session.session_id)

    def test(
        self, session: Session, data: LoopData, candidate: Candidate, n: int, cancelled: CancelRequested
    ) -> Attempt:
        """Tune and backtest ``candidate`` as attempt ``n`` and store it with all its trials.

        Raises:
            InvalidInput: the candidate cannot be compiled or needs more bars than there are.
            Cancelled: somebody asked for the work to stop; nothing of this attempt is stored.
        """
        sketches: list[Floats] = []
        execution = session.request.execution
        task = TuningTask(data.frame, data.train_rows, execution, data.goal, seed=(session.request.seed, n))
        tuned = tune(candidate.spec, task, lambda returns: sketches.append(sketch(returns)), cancelled)
        decisions = Decisions.of(compile_spec(tuned.spec), data.frame)
        train = decisions.over(data.train_rows, execution)
        validation = decisions.over(data.validation_rows, execution)
        attempt = self._describe(session, candidate, tuned.spec, n).model_copy(
            update={
                "trials": len(sketches),
                "train": train.metrics,
                "validation": validation.metrics,
                "train_growth": train.growth(),
                "validation_growth": validation.growth(),
                "observations": _observe(decisions, data, execution),
            }
        )
        batch = TrialBatch(session.session_id, f"{n:04d}", len(sketches), np.array(sketches))
        self._store.save_attempt(session.session_id, attempt, batch)
        return attempt

    def fail(self, session: Session, candidate: Candidate, n: int, reason: str) -> Attempt:
        """Store attempt ``n`` as failed; it counts as an iteration, not as a trial."""
        attempt = Attempt(
            n=n,
            attempt_id=_attempt_id(session, n),
            spec_hash="",
            diff=(),
            trials=0,
            failed_reason=reason,
            **_facts(candidate, candidate.spec),
        )
        self._store.save_attempt(session.session_id, attempt, None)
        return attempt

    def diagnose(self, session: Session, attempt: Attempt, diagnosis: Diagnosis) -> Attempt:
        """Add the analyst's diagnosis to a stored attempt."""
        diagnosed = attempt.model_copy(update={"diagnosis": diagnosis})
        self._store.save_attempt(session.session_id, diagnosed, None)
        return diagnosed

    def _describe(self, session: Session, candidate: Candidate, spec: StrategySpec, n: int) -> Attempt:
        earlier = {attempt.n: attempt for attempt in self.list(session)}
        parent = earlier.get(candidate.parent) if candidate.parent is not None else None
        return Attempt(
            n=n,
            attempt_id=_attempt_id(session, n),
            spec_hash=spec_hash(spec),
            diff=diff_specs(parent.spec if parent else None, spec),
            trials=0,
            **_facts(candidate, spec),
        )


def _facts(candidate: Candidate, spec: StrategySpec) -> dict[str, object]:
    return {"family": candidate.family, "parent": candidate.parent, "origin": candidate.origin, "spec": spec}


def _attempt_id(session: Session, n: int) -> str:
    return "att_" + hash_json([session.session_id, n])[:12]


def _observe(decisions: Decisions, data: LoopData, execution: Execution) -> Observations:
    rows, compiled = data.train_rows, decisions.compiled
    gross = decisions.over(rows, execution.at_costs(0.0))
    parts = compiled.entry_parts(data.frame)
    rates = tuple(ConditionRate(expression=text, rate=float(np.mean(true[rows]))) for text, true in parts)
    return Observations(
        gross_return=gross.metrics.total_return,
        condition_rates=rates,
        sentiment_coverage=_sentiment_coverage(compiled, data),
    )


def _sentiment_coverage(compiled: CompiledSpec, data: LoopData) -> float | None:
    """Share of train rows on which the thinnest channel that the strategy reads has posts."""
    rows = data.train_rows
    shares = [np.mean(data.frame.sentiment[channel].posts[rows] > 0) for channel in sorted(compiled.channels)]
    return float(min(shares)) if shares else None
