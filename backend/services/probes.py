"""Probes: one look at a strategy over the train period, numbers as they stand, counted as a trial like any other."""

from dataclasses import dataclass

import numpy as np

from backend.domain.errors import BudgetSpent
from backend.domain.ledger import TrialBatch
from backend.domain.ports import SessionStore
from backend.domain.results import Metrics
from backend.domain.sessions import ConditionRate, Session
from backend.domain.spec import StrategySpec
from backend.language import compile_spec
from backend.proof.trials import sketch
from backend.services.evaluation import Decisions
from backend.services.preparation import LoopData

PROBE = "probe"
"""In the step of a trial: it was made for a tool, not for an attempt."""


@dataclass(frozen=True)
class Probe:
    """What a strategy did on train; there is nothing of another period in it."""

    train: Metrics
    condition_rates: tuple[ConditionRate, ...]


class Probes:
    """Runs strategies over train alone.

    Args:
        store: where their trials are kept; a probe run again is written once.
    """

    def __init__(self, store: SessionStore) -> None:
        self._store = store

    def run(self, session: Session, data: LoopData, spec: StrategySpec, n: int, k: int) -> Probe:
        """Probe ``k`` before attempt ``n``; its trial is stored before anybody sees the result.

        Raises:
            InvalidInput: the strategy does not compile, or needs more bars to warm up than there are.
            BudgetSpent: the session's budget of backtests allows no further one.
        """
        step = f"{n:04d}.t{session.turn_n}.{PROBE}.{k}"
        self._require_room(session, step)
        rows, execution = data.train_rows, session.request.execution
        decisions = Decisions.of(compile_spec(spec), data.frame)
        evaluation = decisions.over(rows, execution)
        self._store.add_trials(
            session.session_id,
            TrialBatch(session.session_id, step, 1, np.array([sketch(evaluation.simulation.returns)])),
        )
        return Probe(evaluation.metrics, decisions.condition_rates(rows))

    def _require_room(self, session: Session, step: str) -> None:
        most = session.request.budget.backtests
        if most is None:
            return
        made = sum(batch.count for batch in self._store.list_trials(session.session_id) if batch.step != step)
        if made >= most:
            raise BudgetSpent(f"All {most:,} backtests of the budget are spent.", "propose what is there")


def is_probe(step: str) -> bool:
    """Whether the trials of this step were made for a tool."""
    return PROBE in step.split(".")
