"""Turns in a tournament, and what a model added to search alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.agents.tournament import author_of, lift, share
from backend.domain.sessions import Author
from backend.services.attempts import CARRIED_OVER
from tests.agents.records import attempt, metrics


def test_search_has_the_odd_attempts_and_the_model_the_even_ones() -> None:
    assert [author_of("both", n) for n in range(1, 5)] == ["builtin", "llm", "builtin", "llm"]
    assert {author_of("builtin", n) for n in range(1, 5)} == {"builtin"}
    assert {author_of("llm", n) for n in range(1, 5)} == {"llm"}


@given(first=st.integers(1, 50), count=st.integers(0, 50))
def test_the_two_shares_differ_by_one_at_most(first: int, count: int) -> None:
    search, model = (share("both", author, first, first + count - 1) for author in ("builtin", "llm"))
    assert search + model == count
    assert abs(search - model) <= 1


def test_the_lift_is_the_difference_of_the_best_of_each() -> None:
    sharpes = {1: 0.5, 2: 0.9, 3: 0.7, 4: 0.2}
    attempts = [
        attempt(n, metrics(sharpe=sharpe)).model_copy(update={"author": author_of("both", n), "trials": 10 * n})
        for n, sharpe in sharpes.items()
    ]
    found = lift(attempts)
    assert (found.search_sharpe, found.model_sharpe) == (0.7, 0.9)
    assert found.difference == pytest.approx(0.2)
    assert (found.search_attempts, found.model_attempts) == (2, 2)
    assert (found.search_trials, found.model_trials) == (40, 60)


def test_probes_of_a_model_are_part_of_its_effort() -> None:
    attempts = [
        attempt(n, metrics(sharpe=0.5)).model_copy(update={"author": author_of("both", n), "trials": 10})
        for n in range(1, 5)
    ]
    assert lift(attempts, probes=3).model_trials == 23


@pytest.mark.parametrize("author", ["builtin", "llm"])
def test_what_an_earlier_session_brought_along_is_neither_ones_doing(author: Author) -> None:
    brought = attempt(1, metrics(sharpe=3.0), author=author, origin=f"{CARRIED_OVER} 7 of ses_before")
    found = lift([brought, attempt(2, metrics(sharpe=0.5), author="llm"), attempt(3, metrics(sharpe=0.4))])
    assert (found.model_sharpe, found.search_sharpe) == (0.5, 0.4)
    assert (found.model_attempts, found.search_attempts) == (1, 1)


def test_what_was_never_measured_has_no_lift() -> None:
    failed = attempt(2, None).model_copy(update={"author": "llm", "failed_reason": "it reads no price"})
    found = lift([attempt(1, metrics(sharpe=0.5)), failed])
    assert found.model_sharpe is None
    assert found.difference is None
