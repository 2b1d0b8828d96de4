"""Ways to search that are compared on the same task: whole sessions, and random draws at the budget of a session."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend.agents.supervisor import choose, misses
from backend.bootstrap import Application, utc_now
from backend.domain.errors import BackproofError
from backend.domain.ledger import Opening
from backend.domain.sessions import Attempt, Candidate, Session, SessionRequest, StrategistName
from backend.domain.spec import StrategySpec
from backend.language import compile_spec, spec_hash
from backend.search.context import SearchContext
from backend.search.random_search import NAME as RANDOM
from backend.search.random_search import random_attempt
from backend.search.tuner import TuningTask
from backend.services.evaluation import Decisions
from backend.services.preparation import Prepared
from backend.settings import Settings
from benchmarks.loop_tasks import Task
from benchmarks.null_league import NullApplication
from benchmarks.planted_markets import PlantedMarket

OWN_CHANCE = 1
"""Keeps the draws of random search apart from those of the session with the same seed."""


@dataclass(frozen=True)
class Result:
    """What one way to search made of one task.

    Attributes:
        validation: Sharpe ratio of the chosen attempt; None where none was measured.
        met: the chosen attempt meets every target on validation.
        holdout: Sharpe ratio of the chosen attempt on the hold-out, whether or not a session would open it.
        seconds: of the loop alone.
        usd: what a model cost, as far as its price is known.
    """

    validation: float | None
    met: bool
    holdout: float | None
    trials: int
    seconds: float
    tokens: int = 0
    usd: float = 0.0


Contender = Callable[[Task, Application, int], Result]


def application(task: Task, folder: Path, settings: dict[str, object]) -> Application:
    """The product as it ships, with nothing stored, on the data of a task."""
    stated = Settings.model_validate({"data_dir": folder, "prices": ("sample",), "posts": ("sample",), **settings})
    if task.planted is None:
        return Application(stated)
    return NullApplication(stated, generated=PlantedMarket.planted(task.seed, task.planted))


def session(strategist: StrategistName) -> Contender:
    """A whole session with the built-in search or a language model."""

    def search(task: Task, app: Application, iterations: int) -> Result:
        request = task.request(iterations).model_copy(update={"strategist": strategist})
        done = _run(app, request)
        attempts = app.stores.sessions.list_attempts(done.session_id)
        usage = done.usage
        measured = _measured(app, done, attempts, done.timings.loop_s)
        tokens = usage.tokens_in + usage.tokens_out
        return Result(**{**measured.__dict__, "trials": done.trials, "tokens": tokens, "usd": usage.usd})

    return search


def random_search(structures: int, evaluations: int) -> Contender:
    """Attempts of random draws, as many as a session makes, chosen among by validation as there.

    Args:
        structures: drawn for one attempt.
        evaluations: of one attempt.
    """

    def search(task: Task, app: Application, iterations: int) -> Result:
        done = _run(app, task.request(1))  # understands the request and prepares the data
        prepared = app.preparation.recall(done)
        started = time.perf_counter()
        made = [
            _drawn(prepared, done, (task.seed, n, OWN_CHANCE), structures, evaluations)
            for n in range(1, iterations + 1)
        ]
        return _measured(app, done, [attempt for attempt in made if attempt], time.perf_counter() - started)

    return search


def _run(app: Application, request: SessionRequest) -> Session:
    opened = app.open_session(request)
    try:
        return app.runner.run(opened)
    except BackproofError as error:
        raise RuntimeError(f"{request.text}: {error.message}") from error


def _drawn(
    prepared: Prepared, done: Session, seed: tuple[int, ...], structures: int, evaluations: int
) -> Attempt | None:
    loop, execution = prepared.loop, done.request.execution
    task = TuningTask(loop.frame, loop.train_rows, execution, loop.goal, seed, evaluations)
    found = random_attempt(SearchContext(loop.goal, seed[1]), task, structures, lambda _: None)
    if found is None:
        return None
    candidate, tuned = found
    decisions = Decisions.of(compile_spec(tuned.spec), loop.frame)
    measured = {
        "train": decisions.over(loop.train_rows, execution).metrics,
        "validation": decisions.over(loop.validation_rows, execution).metrics,
    }
    return _attempt(candidate, tuned.spec, seed[1], tuned.trials).model_copy(update=measured)


def _attempt(candidate: Candidate, spec: StrategySpec, n: int, trials: int) -> Attempt:
    return Attempt(
        n=n,
        attempt_id=f"{RANDOM} {n}",
        family=candidate.family,
        parent=None,
        origin=candidate.origin,
        spec=spec,
        spec_hash=spec_hash(spec),
        diff=(),
        trials=trials,
    )


def _measured(app: Application, done: Session, attempts: list[Attempt] | tuple[Attempt, ...], seconds: float) -> Result:
    """The attempt that the supervisor chooses, on validation and on the hold-out."""
    prepared = app.preparation.recall(done)
    goal, trials = prepared.loop.goal, sum(attempt.trials for attempt in attempts)
    chosen = choose(goal, attempts)
    if chosen is None or chosen.validation is None:
        return Result(validation=None, met=False, holdout=None, trials=trials, seconds=seconds)
    full = prepared.sealed.open(_opening(prepared, done, chosen))
    decisions = Decisions.of(compile_spec(chosen.tested), full)
    holdout = decisions.over(full.rows(prepared.periods.holdout), done.request.execution).metrics.sharpe
    met = not misses(goal, chosen.validation)
    return Result(chosen.validation.sharpe, met, holdout, trials, seconds)


def _opening(prepared: Prepared, done: Session, chosen: Attempt) -> Opening:
    """Of nobody's hold-out: the store it would be kept in is thrown away."""
    return Opening(
        id="benchmark",
        owner=done.owner,
        kind="session",
        subject_id=done.session_id,
        symbol=prepared.loop.goal.symbols[0],
        spec_hash=chosen.spec_hash,
        data_hash=prepared.sealed.data_hash,
        period=prepared.periods.holdout,
        fingerprint=prepared.sealed.fingerprint(),
        opened_at=utc_now(),
    )
