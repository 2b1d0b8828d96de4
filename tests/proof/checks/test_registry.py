"""The registry: names, order, and which checks decide."""

from backend.proof.checks import CHECKS
from tests.proof.evidence_samples import evidence

REQUIRED = ("causality", "targets_validation", "targets_holdout", "minimum_trades", "deflated_sharpe", "edge")


def test_each_check_reports_under_its_name() -> None:
    made = {name: check(evidence()) for name, check in CHECKS.items()}
    assert [check.name for check in made.values()] == list(CHECKS)
    assert tuple(name for name, check in made.items() if check.required) == REQUIRED


def test_every_note_is_a_sentence() -> None:
    for strength in (0.0, 0.2):
        for check in CHECKS.values():
            note = check(evidence(strength)).note
            assert note.endswith(".")
            assert note[0].isupper() or note[0].isdigit() or note.startswith("p = ")


def test_only_checks_of_the_holdout_wait_for_it() -> None:
    sealed = [name for name, check in CHECKS.items() if "not opened" in check(evidence(holdout=None)).note]
    assert sealed == ["targets_holdout", "minimum_trades", "edge"]
