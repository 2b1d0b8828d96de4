"""Check (informing): the profit does not all come from one calendar year."""

import numpy as np

from backend.domain.verdict import Check
from backend.proof.evidence import Evidence
from backend.proof.wording import share


def check(evidence: Evidence) -> Check:
    """Value: share of the growth (sum of log returns over all periods) that the best year gave; under 1 to hold."""
    year = np.concatenate([p.session.astype("datetime64[Y]").astype(np.int64) + 1970 for p in evidence.periods])
    returns = np.concatenate([p.returns for p in evidence.periods])
    names, index = np.unique(year, return_inverse=True)
    if len(names) < 2:
        return _check(None, None, "All bars lie in one calendar year.")
    if float(returns.min()) <= -1:
        return _check(None, None, "The capital was lost: there is no profit to divide.")
    growth = np.bincount(index, weights=np.log1p(returns))
    if growth.sum() <= 0:
        return _check(None, None, "There is no profit to divide among the years.")
    best = int(np.argmax(growth))
    part = float(growth[best] / growth.sum())
    winners = int(np.count_nonzero(growth > 0))
    note = (
        f"{winners} of {len(names)} calendar years made money; the best, {names[best]}, gave {share(part)} of it all."
    )
    return _check(part < 1, part, note)


def _check(passed: bool | None, value: float | None, note: str) -> Check:
    return Check(name="regimes", required=False, passed=passed, value=value, threshold=1.0, note=note)
