"""The error tree: each class of it is known at every door."""

import inspect

import pytest

from backend.api.documents.problems import STATUSES, title_of
from backend.cli.exit_codes import EXIT_CODES
from backend.client.problems import problem_of
from backend.domain import errors
from backend.domain.errors import BackproofError, Busy, Conflict, kind_among

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, BackproofError)]
KINDS.remove(BackproofError)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_has_a_status_an_exit_code_and_a_class_in_the_client(kind: type[BackproofError]) -> None:
    told = kind_among(kind("It went wrong."), STATUSES)
    assert told is not BackproofError
    assert kind_among(kind("It went wrong."), EXIT_CODES) is told
    assert isinstance(problem_of(STATUSES[told], {"title": title_of(told), "detail": "It went wrong."}), told)


def test_an_error_belongs_to_the_nearest_class_of_a_table() -> None:
    assert kind_among(Busy("It runs."), {Conflict: 1, Busy: 2}) is Busy
    assert kind_among(Busy("It runs."), {Conflict: 1}) is Conflict
    assert kind_among(Busy("It runs."), {}) is BackproofError
