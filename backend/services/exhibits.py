"""Gathers what the proof layer reads: backtests of each period, raw inputs, and players without skill."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.errors import Cancelled
from backend.domain.frames import Frame
from backend.domain.periods import Period
from backend.domain.ports import CancelRequested, never
from backend.domain.sentiment import DatasetLink, SentimentDataset
from backend.domain.sessions import BUILT_IN, Attempt, Session
from backend.domain.signals import Signals
from backend.domain.verdict import Holdout, NullLeague
from backend.engine.calendar import observed_periods_per_year, periods_per_year
from backend.engine.sentiment import posts_before
from backend.language import CompiledSpec, compile_spec
from backend.proof.causality import CausalityProbe, Unfounded
from backend.proof.checks.edge import measure_edge
from backend.proof.evidence import Evidence, Origin, PeriodEvidence
from backend.proof.excess import in_excess
from backend.proof.null_league import Pitch, buy_and_hold, random_entries
from backend.proof.trials import TrialCount
from backend.services.attempts import author_of
from backend.services.causality import RawInputs, RebuiltSignals
from backend.services.dataset_manager import DatasetManager
from backend.services.datasets.building import fetched_share
from backend.services.evaluation import Decisions, Evaluation
from backend.services.preparation import Prepared

COST_STRESS = 2.0
"""Times the costs at which a strategy should still earn money."""


@dataclass(frozen=True, eq=False)
class Case:
    """What is concluded: a session with its chosen attempt and the trials that led to it.

    Attributes:
        attempts: those that it was chosen from.
        cancelled: polled while evidence is gathered.
        earlier_trials: those of ``trials`` that the session before this one made.
    """

    session: Session
    prepared: Prepared
    chosen: Attempt
    attempts: Sequence[Attempt]
    trials: TrialCount
    cancelled: CancelRequested = never
    earlier_trials: int = 0


@dataclass(frozen=True, eq=False)
class Exhibit:
    """The evidence of an opened hold-out, and what is reported beside it."""

    evidence: Evidence
    holdout: Holdout
    null_league: NullLeague

    def at(self, rank: int) -> "Exhibit":
        """The same as the ``rank``-th look at this market and period."""
        assert self.evidence.holdout is not None
        evidence = replace(self.evidence, opening_rank=rank)
        adjusted = measure_edge(evidence, self.evidence.holdout).p_adjusted
        holdout = self.holdout.model_copy(update={"p_value_adjusted": adjusted, "openings": rank})
        return Exhibit(evidence, holdout, self.null_league)


class Exhibits:
    """Backtests the chosen attempt again, period by period, in the same way as the loop did.

    Args:
        datasets: gives the raw posts behind the datasets, for the causality check.
    """

    def __init__(self, datasets: DatasetManager) -> None:
        self._datasets = datasets

    def sealed(self, case: Case) -> Evidence:
        """The evidence without the hold-out: nothing after the validation period is read."""
        rerun = Rerun.of(case, case.prepared.loop.frame)
        return gather(rerun, None, 1, self._probes(rerun))

    def opened(self, case: Case, full: Frame) -> Exhibit:
        """The evidence with the hold-out, as the first look at this market and period."""
        rerun = Rerun.of(case, full)
        return exhibit(rerun, 1, self._probes(rerun))

    def _probes(self, rerun: "Rerun") -> tuple[CausalityProbe, ...]:
        datasets = rerun.case.prepared.datasets
        end = rerun.frame.bars.end[-1]
        posts = tuple(posts_before(self._datasets.scored_posts(dataset), end) for dataset in datasets)
        rebuilt = RebuiltSignals(rerun.compiled, rerun.frame, RawInputs.of(rerun.frame, datasets, posts))
        return (_Stoppable(rebuilt, rerun.case.cancelled),)


@dataclass(frozen=True, eq=False)
class _Stoppable:
    """A probe that can be told to stop between two recomputations."""

    probe: CausalityProbe
    cancelled: CancelRequested

    def signals(self) -> Signals:
        return self._going().signals()

    def truncated(self, cut: int) -> Signals:
        return self._going().truncated(cut)

    def perturbed(self, cut: int, seed: int) -> Signals:
        return self._going().perturbed(cut, seed)

    def unfounded(self) -> Unfounded | None:
        return self._going().unfounded()

    def _going(self) -> CausalityProbe:
        if self.cancelled():
            raise Cancelled("The conclusion was stopped.", "nothing was shown; resume the session")
        return self.probe


@dataclass(frozen=True, eq=False)
class Rerun:
    """The chosen attempt with its decisions on one frame, to be simulated period by period."""

    case: Case
    decisions: Decisions

    @classmethod
    def of(cls, case: Case, frame: Frame) -> "Rerun":
        return cls(case, Decisions.of(compile_spec(case.chosen.tested), frame))

    @property
    def compiled(self) -> CompiledSpec:
        return self.decisions.compiled

    @property
    def frame(self) -> Frame:
        return self.decisions.frame

    def run(self, period: Period, cost_factor: float = 1.0) -> Evaluation:
        execution = self.case.session.request.execution
        return self.decisions.over(self.frame.rows(period), execution.at_costs(cost_factor))


def exhibit(rerun: Rerun, rank: int, probes: tuple[CausalityProbe, ...]) -> Exhibit:
    """The evidence with the hold-out, and what is reported beside it; the arguments are those of ``gather``."""
    run = rerun.run(rerun.case.prepared.periods.holdout)
    evidence = gather(rerun, run, rank, probes)
    assert evidence.holdout is not None
    found = measure_edge(evidence, evidence.holdout)
    holdout = Holdout(
        metrics=run.metrics,
        p_value=found.edge.p,
        p_value_adjusted=found.p_adjusted,
        openings=rank,
        growth=run.growth(),
        years=run.years(),
    )
    return Exhibit(evidence, holdout, _null_league(rerun, run))


def gather(rerun: Rerun, held_out: Evaluation | None, rank: int, probes: tuple[CausalityProbe, ...]) -> Evidence:
    """The evidence of a case: every period that was run, with or without the hold-out.

    Args:
        rerun: the chosen attempt on the frame that may be seen.
        held_out: what the strategy did on the hold-out; None while it is sealed.
        rank: which distinct look at the hold-out this is.
        probes: for the causality check, one a symbol.
    """
    case, frame, compiled = rerun.case, rerun.frame, rerun.compiled
    periods = case.prepared.periods
    runs = {"train": rerun.run(periods.train), "validation": rerun.run(periods.validation)}
    runs |= {"holdout": held_out} if held_out else {}
    risk_free = case.session.request.execution.interest_rate / periods_per_year(frame.bars.timeframe)
    shown = {name: _period_evidence(frame, getattr(periods, name), run, risk_free) for name, run in runs.items()}
    last = periods.holdout if held_out else periods.validation
    seen = Period(start=periods.train.start, end=last.end)
    return Evidence(
        goal=case.prepared.loop.goal,
        origin=_origin(case),
        attempt=case.chosen.n,
        attempts=len(case.attempts),
        train=shown["train"],
        validation=shown["validation"],
        holdout=shown.get("holdout"),
        trials=case.trials,
        opening_rank=rank,
        warmup=compiled.warmup,
        longest_holding=max(run.simulation.longest_holding for run in runs.values()),
        probes=probes,
        periods_per_year=observed_periods_per_year(frame.bars.timeframe, frame.bars.session),
        datasets=tuple(_link(dataset, seen) for dataset in case.prepared.datasets),
        twice_the_costs=rerun.run(last, COST_STRESS).metrics,
        earlier_trials=case.earlier_trials,
    )


def _origin(case: Case) -> Origin:
    """Who proposed the chosen strategy: what a model had a hand in may rest on what it remembers."""
    session, model = case.session, case.session.model
    name = session.strategist if session.request.strategist == "builtin" else BUILT_IN
    author = author_of(case.chosen, case.attempts)
    if author == "llm":
        name = model.label if model else session.strategist
    return Origin(
        strategist=name,
        language_model=author == "llm",
        knowledge_cutoff=model.knowledge_cutoff if model and author == "llm" else None,
        proposers=session.strategist if name != session.strategist else "",
    )


def _period_evidence(frame: Frame, period: Period, run: Evaluation, risk_free: float) -> PeriodEvidence:
    """What a run showed, in excess of what a bar of cash earns: interest is neither timing nor alpha."""
    rows = frame.rows(period)
    return PeriodEvidence(
        period=period,
        metrics=run.metrics,
        returns=in_excess(run.simulation.returns, risk_free),
        weight=run.simulation.weight,
        market_return=in_excess(_market_return(frame, rows), risk_free),
        session=frame.bars.session[rows],
        open_at_end=bool(run.simulation.open_positions()),
    )


def _link(dataset: SentimentDataset, seen: Period) -> DatasetLink:
    """The dataset with its coverage of the period that was seen; it may reach further."""
    return DatasetLink.of(dataset).model_copy(update={"coverage": fetched_share(dataset, seen)})


def _market_return(frame: Frame, rows: slice) -> Floats:
    """Close-to-close returns of the rows; the first bar of all has none before it and counts as 0."""
    close = frame.bars.close
    before = np.concatenate([close[:1], close[:-1]])
    return np.asarray(close / before - 1)[rows]


def _null_league(rerun: Rerun, chosen: Evaluation) -> NullLeague:
    bars, request = rerun.frame.bars, rerun.case.session.request
    rows = rerun.frame.rows(rerun.case.prepared.periods.holdout)
    year = observed_periods_per_year(bars.timeframe, bars.session[rows])
    pitch = Pitch(bars, rows, request.execution, year)
    sharpe = chosen.metrics.sharpe
    return NullLeague(
        buy_and_hold=buy_and_hold(pitch, sharpe),
        random_entries=random_entries(pitch, chosen.simulation, sharpe, request.seed, cancelled=rerun.case.cancelled),
        random_search=None,
    )
