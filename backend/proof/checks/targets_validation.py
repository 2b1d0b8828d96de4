"""Check: everything that the user asked for holds on validation."""

from backend.domain.verdict import Check
from backend.proof.evidence import Evidence
from backend.proof.targets import check_targets


def check(evidence: Evidence) -> Check:
    """Where it fails, the targets are not attainable within the budget."""
    return check_targets("targets_validation", evidence.goal, evidence.validation)
