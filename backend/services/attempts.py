"""Tests one candidate of a session: tunes it on train, runs it on train and validation, keeps the evidence."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.execution import Execution
from backend.domain.goal import Goal
from backend.domain.hashing import hash_json
from backend.domain.ledger import TrialBatch
from backend.domain.ports import CancelRequested, SessionStore
from backend.domain.sessions import Attempt, Author, Candidate, Diagnosis, Observations, Session
from backend.domain.spec import StrategySpec
from backend.language import CompiledSpec, compile_spec, diff_specs, spec_hash
from backend.proof.trials import sketch
from backend.search.contest import contest
from backend.search.tuner import EVALUATIONS, TuningTask
from backend.services.evaluation import Decisions
from backend.services.preparation import LoopData
from backend.services.turns import carried_on, chosen_when_left

UNUSABLE = "a reply that could not be used"
"""Origin of an attempt that has no strategy."""
CARRIED_OVER = "carried over from attempt"
"""Begins the origin of a strategy that the session before chose."""


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
        self,
        session: Session,
        data: LoopData,
        candidate: Candidate,
        n: int,
        cancelled: CancelRequested,
        evaluations: int = EVALUATIONS,
    ) -> Attempt:
        """Tune and backtest ``candidate`` as attempt ``n`` and store it with all its trials, ``evaluations`` at most.

        Raises:
            InvalidInput: the candidate cannot be compiled or needs more bars than there are.
            Cancelled: somebody asked for the work to stop; nothing of this attempt is stored.
        """
        sketches: list[Floats] = []
        execution = session.request.execution
        seed = (session.request.seed, n)
        task = TuningTask(data.frame, data.train_rows, execution, data.goal, seed, evaluations)
        candidate, tuned = contest(candidate, task, lambda returns: sketches.append(sketch(returns)), cancelled)
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
                "train_years": train.years(),
                "validation_years": validation.years(),
                "observations": _observe(decisions, data, execution),
            }
        )
        batch = TrialBatch(session.session_id, f"{n:04d}", len(sketches), np.array(sketches))
        self._store.save_attempt(session.session_id, attempt, batch)
        return attempt

    def fail(self, session: Session, candidate: Candidate, n: int, reason: str) -> Attempt:
        """Store attempt ``n`` as failed; it counts as an iteration, not as a trial."""
        return self._store_failed(session, n, reason, _facts(candidate, candidate.spec))

    def fail_reply(self, session: Session, author: Author, n: int, reason: str) -> Attempt:
        """Store attempt ``n`` as one whose proposal could not be used, so that it has no strategy."""
        nothing = {"family": "", "parent": None, "origin": UNUSABLE, "spec": None, "author": author}
        return self._store_failed(session, n, reason, nothing)

    def carried_over(self, session: Session) -> Candidate | None:
        """The strategy that the session before this one had chosen when it was left.

        None where there is none that the goal allows, and where the hold-out would not be new to it.
        """
        if session.continues is None or session.goal is None or self.knows_holdout(session):
            return None
        earlier = self._store.load_session(session.owner, session.continues)
        attempts, chosen_id = self.list(earlier), chosen_when_left(earlier, session.session_id)
        chosen = next((attempt for attempt in attempts if attempt.attempt_id == chosen_id), None)
        if chosen is None or chosen.spec is None or not readable(chosen.spec, session.goal):
            return None
        origin = f"{CARRIED_OVER} {chosen.n} of {earlier.session_id}"
        author = author_of(chosen, attempts)
        return Candidate(spec=chosen.spec, family=chosen.family, parent=None, origin=origin, author=author)

    def knows_holdout(self, session: Session) -> bool:
        """Whether a session that this one carries on tuned or chose on days that are its hold-out.

        A strategy fitted there shows its own fit, on another market that moves alike too.
        """
        if session.periods is None:
            return False
        before = (earlier.periods for earlier in carried_on(self._store, session))
        return any(cut.fitted.overlaps(session.periods.holdout) for cut in before if cut is not None)

    def _store_failed(self, session: Session, n: int, reason: str, facts: dict[str, Any]) -> Attempt:
        attempt = Attempt(
            n=n,
            attempt_id=_attempt_id(session, n),
            spec_hash="",
            diff=(),
            trials=0,
            failed_reason=reason,
            turn=session.turn_n,
            **facts,
        )
        self._store.save_attempt(session.session_id, attempt, None)
        return attempt

    def diagnose(self, session: Session, attempt: Attempt, diagnosis: Diagnosis) -> Attempt:
        """Add the analyst's diagnosis to a stored attempt."""
        diagnosed = attempt.model_copy(update={"diagnosis": diagnosis})
        self._store.save_attempt(session.session_id, diagnosed, None)
        return diagnosed

    def _describe(self, session: Session, candidate: Candidate, spec: StrategySpec, n: int) -> Attempt:
        earlier = () if candidate.parent is None else self.list(session)
        parent = next((attempt for attempt in earlier if attempt.n == candidate.parent), None)
        return Attempt(
            n=n,
            attempt_id=_attempt_id(session, n),
            spec_hash=spec_hash(spec),
            diff=diff_specs(parent.spec if parent else None, spec),
            trials=0,
            turn=session.turn_n,
            **_facts(candidate, spec),
        )


def author_of(attempt: Attempt, attempts: Sequence[Attempt]) -> Author:
    """Who proposed a strategy: a model as soon as one that it was changed from is a model's."""
    known = {other.n: other for other in attempts}
    current: Attempt | None = attempt
    while current is not None:
        if current.author == "llm":
            return "llm"
        parent = known.get(current.parent) if current.parent is not None else None
        current = parent if parent is not None and parent.n < current.n else None
    return "builtin"


def brought_along(attempt: Attempt) -> bool:
    """Whether an attempt is the strategy that the session before chose; it is the first one of its session."""
    return attempt.n == 1 and attempt.parent is None and attempt.origin.startswith(CARRIED_OVER)


def allowed(goal: Goal, attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
    """The measured attempts that keep to the channels and the direction of a goal, which a follow-up may change."""
    return tuple(
        attempt
        for attempt in attempts
        if attempt.spec is not None and attempt.validation is not None and readable(attempt.spec, goal)
    )


def readable(spec: StrategySpec, goal: Goal) -> bool:
    """Whether a strategy reads and trades no more than the goal allows."""
    compiled = compile_spec(spec)
    sides = {"long"} if spec.long_entry or spec.rotation else set()
    sides |= {"short"} if spec.short_entry else set()
    allowed = {"long", "short"} if goal.direction == "both" else {goal.direction}
    return compiled.channels <= set(goal.readable_channels) and sides <= allowed and not compiled.symbols


def _facts(candidate: Candidate, spec: StrategySpec) -> dict[str, Any]:
    named = {name: getattr(candidate, name) for name in ("family", "parent", "origin", "author")}
    return named | {"spec": spec}


def _attempt_id(session: Session, n: int) -> str:
    return "att_" + hash_json([session.session_id, n])[:12]


def _observe(decisions: Decisions, data: LoopData, execution: Execution) -> Observations:
    rows, compiled = data.train_rows, decisions.compiled
    gross = decisions.over(rows, execution.at_costs(0.0))
    return Observations(
        gross_return=gross.metrics.total_return,
        condition_rates=decisions.condition_rates(rows),
        sentiment_coverage=_sentiment_coverage(compiled, data),
    )


def _sentiment_coverage(compiled: CompiledSpec, data: LoopData) -> float | None:
    """Share of train rows on which the thinnest channel that the strategy reads has posts."""
    rows = data.train_rows
    shares = [np.mean(data.frame.sentiment[channel].posts[rows] > 0) for channel in sorted(compiled.channels)]
    return float(min(shares)) if shares else None
