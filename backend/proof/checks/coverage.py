"""Check (informing): the sentiment that was used was fetched for most sessions, from one source a channel."""

from backend.domain.verdict import Check
from backend.proof.evidence import Evidence
from backend.proof.wording import share

ENOUGH = 0.8


def check(evidence: Evidence) -> Check:
    """Value: the smallest share of fetched sessions over the datasets; at least 80 %, providers not mixed."""
    if not evidence.datasets:
        return _check(None, None, "The session uses no sentiment.")
    thinnest = min(evidence.datasets, key=lambda dataset: dataset.coverage)
    providers: dict[str, set[str]] = {}
    for dataset in evidence.datasets:
        providers.setdefault(dataset.channel, set()).add(dataset.provider)
    mixed = {channel: sorted(names) for channel, names in sorted(providers.items()) if len(names) > 1}
    note = f"{share(thinnest.coverage)} of the sessions of {thinnest.symbol} on {thinnest.channel} were fetched"
    note += " (the lowest share)" if len(evidence.datasets) > 1 else ""
    for channel, names in mixed.items():
        note += f"; {channel} mixes {' and '.join(names)}"
    return _check(thinnest.coverage >= ENOUGH and not mixed, thinnest.coverage, note + ".")


def _check(passed: bool | None, value: float | None, note: str) -> Check:
    return Check(name="coverage", required=False, passed=passed, value=value, threshold=ENOUGH, note=note)
