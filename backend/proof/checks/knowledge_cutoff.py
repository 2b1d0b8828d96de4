"""Check: a language model's proposal has an edge on days that the model cannot have read about."""

from dataclasses import replace

import numpy as np

from backend.domain.verdict import Check
from backend.proof.checks.edge import LEVEL, in_words, measure_edge
from backend.proof.evidence import Evidence, PeriodEvidence, sealed

MINIMUM_SESSIONS = 250


def check(evidence: Evidence) -> Check:
    """Value: the edge's adjusted p-value on the sessions after the model's stated cutoff, of which 250 are needed."""
    origin = evidence.origin
    if not origin.language_model:
        return _check(f"Not needed: {origin.strategist} has read nothing about this period.", required=False)
    if evidence.holdout is None:
        return sealed("knowledge_cutoff", required=True)
    if origin.knowledge_cutoff is None:
        return _check(f"{origin.strategist} states no training cutoff: it may remember this period.")
    later = _after(evidence.holdout, np.datetime64(origin.knowledge_cutoff, "D"))
    if later.session_count < MINIMUM_SESSIONS:
        return _check(
            f"The hold-out has {later.session_count} sessions after the training cutoff of {origin.strategist} "
            f"({origin.knowledge_cutoff}; wanted: at least {MINIMUM_SESSIONS}): it may remember this period."
        )
    found = measure_edge(evidence, later)
    profitable = float(np.prod(1 + later.returns)) > 1
    note = f"On the {later.session_count} sessions after {origin.knowledge_cutoff}: {in_words(found)}"
    if not profitable:
        note += " The net return on them is not above zero."
    return _check(note, passed=profitable and found.p_adjusted <= LEVEL, value=found.p_adjusted)


def _check(note: str, *, passed: bool = False, value: float | None = None, required: bool = True) -> Check:
    return Check(
        name="knowledge_cutoff",
        required=required,
        passed=passed if required else None,
        value=value,
        threshold=LEVEL if required else None,
        note=note,
    )


def _after(period: PeriodEvidence, cutoff: np.datetime64) -> PeriodEvidence:
    rows = slice(int(np.searchsorted(period.session, cutoff, side="right")), None)
    columns = {name: getattr(period, name)[rows] for name in ("returns", "weight", "market_return", "session")}
    return replace(period, **columns)
