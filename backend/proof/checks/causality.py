"""Check: no decision changes when what came after it is removed or replaced."""

from backend.domain.verdict import Check
from backend.proof.causality import examine
from backend.proof.evidence import Evidence


def check(evidence: Evidence) -> Check:
    """Value: cut points at which an earlier decision changed; none may."""
    reports = [examine(probe) for probe in evidence.probes]
    cut_points, violations = (sum(getattr(r, name) for r in reports) for name in ("cut_points", "violations"))
    note = f"No earlier decision changed when the future was removed or replaced at {cut_points} cut points."
    if violations:
        condition, bar, how = next(report.first for report in reports if report.first is not None)
        note = (
            f"The strategy looks ahead: {how} the data behind a bar changed earlier decisions at {violations} of "
            f"{cut_points} cut points, first {condition} at bar {bar}."
        )
    return Check(
        name="causality",
        required=True,
        passed=violations == 0,
        value=float(violations),
        threshold=0.0,
        note=note,
    )
