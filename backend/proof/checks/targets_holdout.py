"""Check: everything that the user asked for holds on the hold-out too."""

from backend.domain.verdict import Check
from backend.proof.evidence import Evidence, sealed
from backend.proof.targets import check_targets


def check(evidence: Evidence) -> Check:
    """The same predicates as on validation, on data that nothing was chosen by."""
    if evidence.holdout is None:
        return sealed("targets_holdout", required=True)
    return check_targets("targets_holdout", evidence.goal, evidence.holdout)
