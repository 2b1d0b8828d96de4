"""Check (informing): the strategy still earns money when trading costs twice as much."""

from backend.domain.verdict import Check
from backend.proof.evidence import Evidence
from backend.proof.wording import metric_value


def check(evidence: Evidence) -> Check:
    """Value: net return at twice the costs."""
    if evidence.twice_the_costs is None:
        return _check(None, None, "Not measured at twice the costs.")
    value = evidence.twice_the_costs.total_return
    where = "validation" if evidence.holdout is None else "the hold-out"
    note = f"At twice the costs the net return on {where} is {metric_value('total_return', value)}."
    return _check(value > 0, value, note)


def _check(passed: bool | None, value: float | None, note: str) -> Check:
    return Check(name="costs", required=False, passed=passed, value=value, threshold=0.0, note=note)
