"""A session that was judged, in records: its hold-out is open, and 2008 lies in train."""

from datetime import UTC, date, datetime
from typing import Any

from backend.agents.conversation.basis import Basis
from backend.agents.conversation.facts import Told
from backend.domain.periods import Period, Periods
from backend.domain.results import YearFigures
from backend.domain.sessions import Attempt, Change, Diagnosis, Session, SessionRequest
from backend.domain.verdict import Check, Holdout, Verdict
from tests.agents.records import attempt, goal, metrics

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
PERIODS = Periods(
    train=Period(start=date(2006, 1, 3), end=date(2008, 12, 31)),
    validation=Period(start=date(2009, 1, 2), end=date(2010, 3, 31)),
    holdout=Period(start=date(2010, 4, 1), end=date(2011, 12, 30)),
)
EDGE = Check(name="edge", required=True, passed=False, value=0.3, threshold=0.05, note="p = 0.3 (wanted: at most 0.05)")
VERDICT = Verdict(outcome="unproven", checks=(EDGE,), reasons=("Unproven: edge.",))
HOLDOUT = Holdout(
    metrics=metrics(max_drawdown=0.2, trades=17),
    p_value=0.3,
    p_value_adjusted=1.0,
    openings=2,
    years=(YearFigures(year=2011, total_return=0.05, max_drawdown=0.1, benchmark_return=0.1, trades=9),),
)
BAD_YEAR = YearFigures(year=2008, total_return=-0.125, max_drawdown=0.3, benchmark_return=-0.5, trades=6)
RELAX = Change(kind="relax_condition", place="close > 1", reason="it was hardly ever true")
TOO_FEW = Diagnosis(limiting_factor="too_few_trades", evidence=("It closed 6 trades.",), suggested_changes=(RELAX,))


def basis(*targets: str, **fields: Any) -> Basis:
    """What a wish starts from: attempt 3 has 40 trades, a drawdown of 10 % and a Sharpe ratio of 1 on train."""
    wanted = goal(*(targets or ("max_drawdown <= 0.35",)), channels=("reddit",), style=("momentum",), **_DATES)
    facts: dict[str, Any] = {
        "goal": wanted,
        "at_hand": ("reddit",),
        "n": 3,
        "train": metrics(),
        "complexity": 9,
        "lengths": (1000, 400, 600),
        "iterations": 8,
    }
    return Basis(**(facts | fields))


def attempts() -> tuple[Attempt, ...]:
    """Two measured ones and a failed one; the second is the chosen one."""
    second = attempt(2, metrics(sharpe=1.5), train_years=(BAD_YEAR,), diagnosis=TOO_FEW)
    failed = attempt(3, None, failed_reason="It needs more bars.")
    return attempt(1, metrics(sharpe=0.5)), second, failed


def session(**fields: Any) -> Session:
    """It was judged, and the hold-out opened."""
    facts: dict[str, Any] = {
        "session_id": "ses_1",
        "owner": "local",
        "request": SessionRequest(text="momentum on AAPL"),
        "status": "done",
        "strategist": "built-in search",
        "created_at": NOON,
        "goal": goal("max_drawdown <= 0.35", **_DATES),
        "periods": PERIODS,
        "data_hash": "d" * 8,
        "chosen": "att_2",
        "trials": 30,
        "effective_trials": 4.5,
        "verdict": VERDICT,
        "holdout": HOLDOUT,
    }
    return Session.model_validate(facts | fields)


def told(**fields: Any) -> Told:
    """What answers are made from."""
    return Told.of(session(**fields), attempts())


_DATES = {"start": date(2006, 1, 3), "end": date(2011, 12, 30)}
