"""Every kind of error has one exit code."""

import pytest

from backend.cli.exit_codes import exit_code
from backend.domain import errors


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.InvalidInput, 2),
        (errors.Conflict, 2),
        (errors.NotFound, 3),
        (errors.DataUnavailable, 4),
        (errors.Unavailable, 5),
        (errors.ModelAway, 5),
        (errors.MalformedOutput, 5),
        (errors.BudgetSpent, 6),
        (errors.Cancelled, 130),
        (errors.BackproofError, 1),
    ],
)
def test_each_class_has_its_code(kind: type[errors.BackproofError], code: int) -> None:
    assert exit_code(kind("Something is wrong.")) == code


def test_a_subclass_has_the_code_of_its_parent() -> None:
    class Special(errors.NotFound):
        pass

    assert exit_code(Special("Gone.")) == 3
