"""No argument makes chance look like proof: checks, targets and the count of trials under pressure."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.arrays import Floats
from backend.domain.execution import Execution
from backend.domain.frames import Frame
from backend.domain.goal import Goal, Target
from backend.domain.ledger import TrialBatch
from backend.domain.results import METRIC_NAMES
from backend.domain.sessions import SessionRequest
from backend.domain.verdict import Check
from backend.language import compile_spec
from backend.proof.checks import CHECKS
from backend.proof.evidence import Evidence, PeriodEvidence
from backend.proof.null_league import Pitch, random_entries
from backend.proof.sharpe import Moments, deflated_sharpe
from backend.proof.trials import TrialCount, effective_trials, sketch
from backend.proof.verdict import judge
from backend.services.evaluation import evaluate
from tests.adversarial.markets import SYMBOL, imported, twin
from tests.adversarial.test_books import random_case
from tests.agents.sessions import run
from tests.proof.evidence_samples import evidence, with_metrics
from tests.samples import make_bars

Period = Literal["train", "validation", "holdout"]


def edge_of(checks: tuple[Check, ...]) -> Check:
    return next(check for check in checks if check.name == "edge")


def part(made: Evidence, name: Period, rows: slice) -> PeriodEvidence:
    whole: PeriodEvidence = getattr(made, name)
    columns = {c: getattr(whole, c)[rows] for c in ("returns", "weight", "market_return", "session")}
    return replace(whole, **columns)


def with_goal(made: Evidence, *targets: Target) -> Evidence:
    return replace(made, goal=Goal(request="", symbols=("TEST",), targets=targets))


@settings(max_examples=60)
@given(
    strength=st.sampled_from([0.0, 0.05, 0.1, 0.2, 0.4]),
    seed=st.integers(0, 10_000),
    rank=st.integers(1, 4),
    total_return=st.one_of(st.none(), st.floats(-0.5, 0.5)),
    trials=st.floats(0.0, 500.0),
    bars=st.integers(2, 756),
)
def test_proven_always_means_a_profit_and_a_small_p(
    strength: float, seed: int, rank: int, total_return: float | None, trials: float, bars: int
) -> None:
    made = evidence(strength, seed)
    holdout = part(made, "holdout", slice(0, bars))
    if total_return is not None:
        holdout = with_metrics(holdout, total_return=total_return)
    verdict = judge(replace(made, holdout=holdout, opening_rank=rank, trials=TrialCount(900, trials)))
    if verdict.outcome == "proven":
        checked = edge_of(verdict.checks)
        assert checked.value is not None
        assert checked.value <= 0.05
        assert holdout.metrics.total_return > 0
        assert all(check.passed for check in verdict.checks if check.required)


@pytest.mark.parametrize("name", sorted(set(METRIC_NAMES) - {"trades", "costs_paid", "final_equity", "total_return"}))
@pytest.mark.parametrize("op", ["<", ">="])
def test_a_target_on_an_undefined_metric_proves_nothing(name: str, op: Any) -> None:
    far = 1e9 if op == "<" else -1e9
    made = with_goal(evidence(), Target(metric=name, op=op, value=far))
    for period in ("validation", "holdout"):
        missing: dict[str, Any] = {period: with_metrics(getattr(made, period), **{name: None})}
        assert judge(replace(made, **missing)).outcome != "proven"


def test_contradictory_targets_are_never_met() -> None:
    both = (Target(metric="max_drawdown", op="<=", value=0.1), Target(metric="max_drawdown", op=">", value=0.1))
    assert judge(with_goal(evidence(), *both)).outcome == "rejected"


def test_who_never_trades_or_never_leaves_has_no_edge() -> None:
    made = evidence()
    assert made.holdout is not None
    market = made.holdout.market_return
    for weight in (np.zeros(market.size), np.ones(market.size)):
        held = replace(made.holdout, weight=weight, returns=weight * market)
        verdict = judge(replace(made, holdout=held))
        assert edge_of(verdict.checks).value == 1.0
        assert verdict.outcome == "unproven"


def test_one_lucky_day_is_no_edge() -> None:
    """In the market on the best day alone: the studentised mean of one return is about 1, whatever its size."""
    made = evidence()
    assert made.holdout is not None
    market = made.holdout.market_return
    weight = np.zeros(market.size)
    weight[int(np.argmax(market)) - 1] = 1.0
    returns = np.concatenate([[0.0], weight[:-1]]) * market
    value = edge_of(judge(replace(made, holdout=replace(made.holdout, weight=weight, returns=returns))).checks).value
    assert value is not None
    assert value > 0.2


def test_the_hold_out_of_another_strategy_does_not_help() -> None:
    """Great on train and validation, luck on the hold-out: at the level that was promised, 5 %."""
    good, lucky = evidence(0.3), 0
    for seed in range(200):
        verdict = judge(replace(good, holdout=evidence(0.0, [9, seed]).holdout))
        lucky += verdict.outcome == "proven"
    assert lucky <= 14  # 3-4 % of 200 are expected; more than 14 has a chance below 1 in 100 at 3.5 %


def _batch(step: str, rows: Floats) -> TrialBatch:
    return TrialBatch("ses_1", step, len(rows), np.array([sketch(row) for row in rows]))


def test_near_copies_and_repeated_steps_never_lower_the_count() -> None:
    rng = np.random.default_rng(3)
    different = rng.standard_normal((30, 500))
    copies = different[0] * rng.uniform(0.5, 2.0, (200, 1)) + 1e-3 * rng.standard_normal((200, 500))
    first, more = _batch("0001", different), _batch("0002", copies)
    alone, padded = effective_trials([first]), effective_trials([first, more])
    assert alone.effective <= padded.effective <= alone.effective * 1.05  # alone is cut at the 30 there are
    assert effective_trials([more, first]) == padded
    assert effective_trials([first, more, first, more]) == padded
    moments = Moments.of(different[0] + 0.08)
    assert moments is not None
    assert deflated_sharpe(moments, padded.effective) <= deflated_sharpe(moments, alone.effective)


def test_a_longer_session_never_deflates_less(tmp_path: Path) -> None:
    """Every attempt of a real session adds its tuning to the count; no step makes it smaller."""
    app = imported(tmp_path, twin(posts_a_day=0))
    text = f"best strategy on ${SYMBOL}, drawdown under 90 %"
    session = run(app, SessionRequest(text=text, iterations=5))
    batches = app.stores.sessions.list_trials(session.session_id)
    counts = [effective_trials(batches[: n + 1]) for n in range(len(batches))]
    assert [count.trials for count in counts] == np.cumsum([a.trials for a in app.sessions.attempts(session)]).tolist()
    assert all(a.effective <= b.effective for a, b in pairwise(counts))
    assert (session.trials, session.effective_trials) == (counts[-1].trials, counts[-1].effective)


def test_random_entries_are_a_fair_opponent() -> None:
    """A strategy without skill beats about half of the random draws, which hold as long and trade as often."""
    shares = []
    for seed in range(40):
        rng = np.random.default_rng([11, seed])
        close = 100 * np.exp(np.cumsum(rng.normal(0.0003, 0.01, 400)))
        opened = np.concatenate([[100.0], close[:-1]])
        rows = np.stack([opened, np.maximum(opened, close), np.minimum(opened, close), close], axis=1)
        frame = Frame(make_bars(rows.tolist()), {})
        spec, _ = random_case(seed)
        plain = spec.model_copy(update={"sizing": spec.sizing.model_copy(update={"kind": "fraction", "value": 1.0})})
        stretch = slice(60, 400)
        chosen = evaluate(compile_spec(plain), frame, stretch, Execution())
        pitch = Pitch(frame.bars, stretch, Execution(), 252.0)
        player = random_entries(pitch, chosen.simulation, chosen.metrics.sharpe, seed, draws=60)
        if player is not None and player.beaten is not None:
            shares.append(player.beaten)
    assert len(shares) >= 30
    # the mean of n uniform shares has a standard error of 0.29 / sqrt(n): 0.05 here
    assert 0.35 < np.mean(shares) < 0.65


def test_every_required_check_can_stop_a_verdict() -> None:
    made = evidence(0.3)
    assert judge(made).outcome == "proven"
    required = {check.name for check in judge(made).checks if check.required}
    assert required == set(CHECKS) - {"costs", "regimes", "coverage", "knowledge_cutoff"}
