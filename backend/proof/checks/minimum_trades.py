"""Check: enough trades to speak of a strategy rather than of a few lucky days."""

from math import ceil

from backend.domain.verdict import Check
from backend.proof.evidence import Evidence, PeriodEvidence, sealed
from backend.proof.wording import about_years, counted

IN_ALL = 30
ON_HOLDOUT = 5


def check(evidence: Evidence) -> Check:
    """At least 30 over all periods and 5 on the hold-out; a position marked at a period's end counts.

    The user's own number replaces the 30; if it is smaller, the hold-out needs a sixth of it.
    """
    if evidence.holdout is None:
        return sealed("minimum_trades", required=True)
    needed = evidence.goal.minimum_trades or IN_ALL
    needed_holdout = min(ON_HOLDOUT, ceil(needed * ON_HOLDOUT / IN_ALL))
    total, holdout = sum(period.trades for period in evidence.periods), evidence.holdout.trades
    short_holdout = total >= needed and holdout < needed_holdout
    passed = total >= needed and not short_holdout
    note = f"{counted(total, 'trade')} over all periods (wanted: at least {needed}), {holdout} of them on the hold-out "
    note += f"(wanted: at least {needed_holdout})."
    if not passed:
        periods = (evidence.holdout,) if short_holdout else evidence.periods
        note += _history(periods, needed_holdout if short_holdout else needed, evidence.periods_per_year)
    return Check(
        name="minimum_trades",
        required=True,
        passed=passed,
        value=float(holdout if short_holdout else total),
        threshold=float(needed_holdout if short_holdout else needed),
        note=note,
    )


def _history(periods: tuple[PeriodEvidence, ...], needed: int, periods_per_year: float) -> str:
    trades, bars = sum(period.trades for period in periods), sum(period.returns.size for period in periods)
    if trades == 0:
        return " It never traded, so no length of history would help."
    where = "a hold-out" if len(periods) == 1 else "a history"
    return f" At this rate {where} of {about_years(bars * needed / trades, periods_per_year)} would be needed."
