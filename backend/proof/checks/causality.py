"""Check: no decision changes when what came after it is removed or replaced, and what was read has a source."""

from collections.abc import Sequence

from backend.domain.verdict import Check
from backend.proof.causality import Unfounded, examine
from backend.proof.evidence import Evidence
from backend.proof.wording import counted


def check(evidence: Evidence) -> Check:
    """Value: cut points at which an earlier decision changed; none may. Else sessions whose records are unfounded."""
    unfounded = [found for probe in evidence.probes if (found := probe.unfounded()) is not None]
    if unfounded:
        return _unfounded(unfounded)
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


def _unfounded(found: Sequence[Unfounded]) -> Check:
    """Whether decisions look ahead cannot be told when it is not known what they were made from."""
    first = min(found, key=lambda one: one.first)
    sessions = sum(one.sessions for one in found)
    note = (
        f"The sentiment of {counted(sessions, 'trading session')} is not what its posts give, the first on "
        f"{first.first} on {first.channel}: posts were imported since, or a record was stored by hand. "
        "Start a new session."
    )
    return Check(name="causality", required=True, passed=False, value=float(sessions), threshold=0.0, note=note)
