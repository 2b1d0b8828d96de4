"""Check: the Sharpe ratio on train and validation is better than luck gives the best of so many trials."""

from math import isinf, sqrt

import numpy as np

from backend.domain.verdict import Check
from backend.proof.evidence import Evidence
from backend.proof.sharpe import Moments, deflated_sharpe, luck, minimum_deflated_record
from backend.proof.wording import about_years, years

PASSES = 0.5
STRONG = 0.95
"""From here on the note calls it strong; it is a filter, the hold-out controls the error."""


def check(evidence: Evidence) -> Check:
    """Value: deflated Sharpe ratio with the variance of a Sharpe ratio without skill and the session's N_eff."""
    moments = Moments.of(np.concatenate([evidence.train.returns, evidence.validation.returns]))
    if moments is None:
        return _check(None, "The strategy has no Sharpe ratio on train and validation: its returns never vary.")
    trials = evidence.trials.effective
    value = deflated_sharpe(moments, trials)
    yearly = sqrt(evidence.periods_per_year)
    note = (
        f"The Sharpe ratio of {moments.sharpe * yearly:.2f} on train and validation stands against "
        f"{luck(moments, trials) * yearly:.2f}, which luck gives the best of {evidence.trials.trials:,} trials "
        f"({trials:,.1f} independent ones): the deflated Sharpe ratio is {value:.2f} (wanted: at least {PASSES:g})"
    )
    if value >= PASSES:
        return _check(value, note + (", which is strong." if value >= STRONG else "."))
    return _check(value, f"{note}. {_history(moments, trials, evidence.periods_per_year)}")


def _check(value: float | None, note: str) -> Check:
    passed = value is not None and value >= PASSES
    return Check(name="deflated_sharpe", required=True, passed=passed, value=value, threshold=PASSES, note=note)


def _history(moments: Moments, trials: float, periods_per_year: float) -> str:
    needed = minimum_deflated_record(moments, trials, PASSES)
    if isinf(needed):
        return "With a Sharpe ratio that is not above zero, no length of history would help."
    return (
        f"At this Sharpe ratio {about_years(needed, periods_per_year)} of train and validation would be needed "
        f"(there are {years(moments.count, periods_per_year)})."
    )
