"""Going on, and choosing the best attempt by validation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.agents.budgets import Shortage
from backend.agents.supervisor import Decision, Standing, choose, decide, misses
from backend.domain.spec import Parameter
from backend.search.objective import complexity
from tests.agents.records import SPEC, attempt, goal, metrics

SPENT = Shortage("backtests", "the budget of 100 backtests is spent.")


@pytest.mark.parametrize(
    ("standing", "decision"),
    [
        (Standing(0, 8), "propose"),
        (Standing(7, 8), "propose"),
        (Standing(8, 8), "conclude"),
        (Standing(9, 8), "conclude"),
        (Standing(2, 8, exhausted=True), "conclude"),
        (Standing(2, 8, useless=2), "propose"),
        (Standing(8, 8, short=SPENT), "conclude"),
    ],
)
def test_going_on_is_a_function_of_the_state(standing: Standing, decision: str) -> None:
    assert decide(standing) == Decision(decision)  # type: ignore[arg-type]


def test_what_ends_a_turn_before_its_time_is_named() -> None:
    assert decide(Standing(2, 8, short=SPENT)) == Decision("conclude", SPENT)
    early = decide(Standing(3, 8, useless=3)).early
    assert early is not None
    assert early.kind == "replies"
    fruitless = decide(Standing(3, 3, useless=3, fruitless=True)).early
    assert fruitless is not None
    assert fruitless.kind == "replies"


def test_the_best_is_chosen_not_the_last() -> None:
    attempts = [attempt(n, metrics(sharpe=sharpe)) for n, sharpe in ((1, 0.8), (2, 1.4), (3, 1.1))]
    chosen = choose(goal("max_drawdown <= 0.15"), attempts)
    assert chosen is not None
    assert chosen.n == 2


def test_meeting_the_targets_comes_before_a_higher_sharpe() -> None:
    attempts = [attempt(1, metrics(sharpe=0.5, max_drawdown=0.14)), attempt(2, metrics(sharpe=3.0, max_drawdown=0.16))]
    chosen = choose(goal("max_drawdown <= 0.15"), attempts)
    assert chosen is not None
    assert chosen.n == 1


def test_what_is_simple_enough_comes_before_what_is_better_and_too_complex() -> None:
    complicated = SPEC.model_copy(update={"long_entry": "close > sma(close, 20) and close > sma(close, 200)"})
    attempts = [attempt(1, metrics(sharpe=0.5)), attempt(2, metrics(sharpe=2.0), spec=complicated)]
    assert choose(goal(), attempts) == attempts[1]
    assert choose(goal(maximum_complexity=complexity(SPEC)), attempts) == attempts[0]


def test_without_a_return_target_a_loss_is_a_miss() -> None:
    # a Sharpe above zero beside a loss: means of returns and compounded returns differ
    attempts = [attempt(1, metrics(sharpe=0.2, total_return=-0.01)), attempt(2, metrics(sharpe=0.1, total_return=0.02))]
    chosen = choose(goal(), attempts)
    assert chosen is not None
    assert chosen.n == 2


def test_otherwise_the_nearest_miss_is_chosen() -> None:
    # 0.18 misses 0.15 by 20 %, 0.30 by 100 %
    attempts = [attempt(1, metrics(max_drawdown=0.30, sharpe=2.0)), attempt(2, metrics(max_drawdown=0.18, sharpe=0.4))]
    chosen = choose(goal("max_drawdown <= 0.15"), attempts)
    assert chosen is not None
    assert chosen.n == 2


def test_ties_go_to_the_simpler_then_to_the_earlier() -> None:
    window = Parameter(name="n", kind="int", value=20, low=5, high=50)
    complicated = SPEC.model_copy(update={"parameters": (window,)})
    same = metrics(sharpe=1.0)
    attempts = [attempt(1, same, spec=complicated), attempt(2, same), attempt(3, same)]
    chosen = choose(goal(), attempts)
    assert chosen is not None
    assert chosen.n == 2


def test_failed_attempts_are_never_chosen() -> None:
    failed = attempt(1, metrics(sharpe=9.0), failed_reason="it does not compile")
    unmeasured = attempt(2, None)
    assert choose(goal(), []) is None
    assert choose(goal(), [failed, unmeasured]) is None
    chosen = choose(goal(), [failed, unmeasured, attempt(3, metrics(sharpe=None, total_return=0.0))])
    assert chosen is not None
    assert chosen.n == 3


def test_an_attempt_that_never_traded_is_no_near_miss() -> None:
    # it misses "total_return > 0" by nothing, the other by a third
    idle = metrics(trades=0, total_return=0.0, sharpe=None, max_drawdown=0.0, exposure=0.0)
    chosen = choose(goal("max_drawdown <= 0.15"), [attempt(1, idle), attempt(2, metrics(max_drawdown=0.2))])
    assert chosen is not None
    assert chosen.n == 2


def test_misses_say_by_how_much() -> None:
    # (0.18 - 0.15) / 0.15 = 0.2; (1.0 - 0.9) / 1.0 = 0.1; an undefined metric counts as missed by all of it
    figures = metrics(max_drawdown=0.18, sharpe=0.9, win_rate=None)
    missed = misses(goal("max_drawdown <= 0.15", "sharpe >= 1", "win_rate >= 0.5", "trades >= 30"), figures)
    assert [miss.target.metric for miss in missed] == ["max_drawdown", "sharpe", "win_rate"]
    assert [miss.shortfall for miss in missed] == pytest.approx([0.2, 0.1, 1.0])
    assert str(missed[0]) == "max_drawdown <= 0.15 was missed: max_drawdown is 0.18 (20% off)"
    assert str(missed[2]) == "win_rate >= 0.5 was missed: win_rate is undefined (100% off)"


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0, 0.6), st.floats(-0.5, 2)), min_size=1, max_size=12))
def test_the_choice_is_independent_of_order_and_never_beaten(figures: list[tuple[float, float, float]]) -> None:
    wanted = goal("max_drawdown <= 0.15")
    attempts = [
        attempt(n, metrics(sharpe=sharpe, max_drawdown=drawdown, total_return=total))
        for n, (sharpe, drawdown, total) in enumerate(figures, start=1)
    ]
    chosen = choose(wanted, attempts)
    assert chosen is not None
    assert chosen == choose(wanted, attempts[::-1])
    meeting = [a for a in attempts if a.validation and not misses(wanted, a.validation)]
    if meeting:
        assert chosen in meeting
        assert chosen.validation is not None
        best = max(a.validation.sharpe or 0.0 for a in meeting if a.validation)
        assert (chosen.validation.sharpe or 0.0) == pytest.approx(best, abs=1e-8)
