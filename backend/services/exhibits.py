"""Gathers what the proof layer reads: backtests of each period, raw inputs, and players without skill."""

from dataclasses import dataclass

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.frames import Frame
from backend.domain.periods import Period
from backend.domain.sentiment import DatasetLink
from backend.domain.sessions import Attempt, Session
from backend.domain.verdict import Holdout, NullLeague
from backend.engine.calendar import periods_per_year
from backend.engine.sentiment import posts_before
from backend.language import CompiledSpec, compile_spec
from backend.proof.checks.edge import measure_edge
from backend.proof.evidence import Evidence, Origin, PeriodEvidence
from backend.proof.null_league import Pitch, buy_and_hold, random_entries
from backend.proof.trials import TrialCount
from backend.services.causality import RawInputs, RebuiltSignals
from backend.services.dataset_manager import DatasetManager
from backend.services.evaluation import Evaluation, evaluate
from backend.services.preparation import Prepared

COST_STRESS = 2.0


@dataclass(frozen=True, eq=False)
class Case:
    """What is concluded: a session with its chosen attempt and the trials that led to it."""

    session: Session
    prepared: Prepared
    chosen: Attempt
    attempts: int
    trials: TrialCount


@dataclass(frozen=True, eq=False)
class Exhibit:
    """The evidence of an opened hold-out, and what is reported beside it."""

    evidence: Evidence
    holdout: Holdout
    null_league: NullLeague


class Exhibits:
    """Backtests the chosen attempt again, period by period, in the same way as the loop did.

    Args:
        datasets: gives the raw posts behind the datasets, for the causality check.
    """

    def __init__(self, datasets: DatasetManager) -> None:
        self._datasets = datasets

    def sealed(self, case: Case) -> Evidence:
        """The evidence without the hold-out: nothing after the validation period is read."""
        frame = case.prepared.loop.frame
        return self._evidence(case, frame, None, 1)

    def opened(self, case: Case, full: Frame, rank: int) -> Exhibit:
        """The evidence with the hold-out, which is the ``rank``-th look at this market and period."""
        evidence = self._evidence(case, full, case.prepared.periods.holdout, rank)
        assert evidence.holdout is not None
        found = measure_edge(evidence, evidence.holdout)
        holdout = Holdout(
            metrics=evidence.holdout.metrics,
            p_value=found.edge.p,
            p_value_adjusted=found.p_adjusted,
            openings=rank,
        )
        return Exhibit(evidence, holdout, _null_league(case, full, evidence.holdout.metrics.sharpe))

    def _evidence(self, case: Case, frame: Frame, holdout: Period | None, rank: int) -> Evidence:
        compiled = compile_spec(case.chosen.spec)
        periods = case.prepared.periods
        looked_at = [periods.train, periods.validation, *([holdout] if holdout else [])]
        runs = [_run(case, compiled, frame, period) for period in looked_at]
        shown = [_period_evidence(frame, period, run) for period, run in zip(looked_at, runs, strict=True)]
        stressed = _run(case, compiled, frame, looked_at[-1], COST_STRESS)
        return Evidence(
            goal=case.prepared.loop.goal,
            origin=Origin(strategist=case.session.strategist),
            attempt=case.chosen.n,
            attempts=case.attempts,
            train=shown[0],
            validation=shown[1],
            holdout=shown[2] if holdout else None,
            trials=case.trials,
            opening_rank=rank,
            warmup=compiled.warmup,
            longest_holding=max(run.simulation.longest_holding for run in runs),
            probes=(RebuiltSignals(compiled, frame, self._raw_inputs(case, frame)),),
            periods_per_year=periods_per_year(frame.bars.timeframe),
            datasets=tuple(DatasetLink.of(dataset) for dataset in case.prepared.datasets),
            twice_the_costs=stressed.metrics,
        )

    def _raw_inputs(self, case: Case, frame: Frame) -> RawInputs:
        datasets = case.prepared.datasets
        end = frame.bars.end[-1]
        posts = tuple(posts_before(self._datasets.scored_posts(dataset), end) for dataset in datasets)
        return RawInputs(frame.bars, datasets, posts)


def _run(case: Case, compiled: CompiledSpec, frame: Frame, period: Period, cost_factor: float = 1.0) -> Evaluation:
    execution = case.session.request.execution
    stressed = execution.model_copy(update={"costs": execution.costs.times(cost_factor)})
    return evaluate(compiled, frame, frame.rows(period), stressed)


def _period_evidence(frame: Frame, period: Period, run: Evaluation) -> PeriodEvidence:
    rows = frame.rows(period)
    return PeriodEvidence(
        period=period,
        metrics=run.metrics,
        returns=run.simulation.returns,
        weight=run.simulation.weight,
        market_return=_market_return(frame, rows),
        session=frame.bars.session[rows],
        open_at_end=bool(run.simulation.open_positions()),
    )


def _market_return(frame: Frame, rows: slice) -> Floats:
    """Close-to-close returns of the rows; the first bar of all has none before it and counts as 0."""
    close = frame.bars.close
    before = np.concatenate([close[:1], close[:-1]])
    return np.asarray(close / before - 1)[rows]


def _null_league(case: Case, full: Frame, sharpe: float | None) -> NullLeague:
    rows = full.rows(case.prepared.periods.holdout)
    execution = case.session.request.execution
    pitch = Pitch(full.bars, rows, execution, periods_per_year(full.bars.timeframe))
    chosen = evaluate(compile_spec(case.chosen.spec), full, rows, execution).simulation
    return NullLeague(
        buy_and_hold=buy_and_hold(pitch, sharpe),
        random_entries=random_entries(pitch, chosen, sharpe, case.session.request.seed),
        random_search=None,
    )
