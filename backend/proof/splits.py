"""The cut of a history into train, validation and the sealed hold-out, by trading sessions."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from math import sqrt
from statistics import NormalDist

import numpy as np

from backend.domain.arrays import Dates
from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.periods import Period, Periods
from backend.engine.calendar import SESSIONS_PER_YEAR
from backend.proof.wording import share

SHARES = (0.5, 0.2, 0.3)
"""Train, validation, hold-out."""
MINIMUM_SESSIONS = 120
COMFORTABLE_HOLDOUT = 250
"""Sessions; a shorter hold-out is announced with what it can and cannot show."""
POWER = 0.63
"""Chance that a true edge of the detectable size is found; a Sharpe ratio of 1 on 3.9 years has it."""


def cut(sessions: Dates, shares: Sequence[float] = SHARES, available: Dates | None = None) -> Periods:
    """Cut a history into its three periods.

    Args:
        sessions: ``datetime64[D]`` in any order, shape (N,); a session that occurs twice counts once.
        shares: of train, validation and hold-out; each above 0, together 1.
        available: every session that could be had, to say which start would be early enough.

    Raises:
        InvalidInput: the shares do not divide a history.
        DataUnavailable: fewer than 120 sessions; the hint names the latest usable start.
    """
    if len(shares) != 3 or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
        raise InvalidInput(
            f"The shares {tuple(shares)} do not divide a history.", "give three numbers above 0 that add up to 1"
        )
    days = np.unique(sessions)
    if days.size < MINIMUM_SESSIONS:
        raise _too_short(days, available)
    first = int(days.size * shares[0] + 1e-9)
    second = int(days.size * (shares[0] + shares[1]) + 1e-9)
    bounds = [0, first, second, days.size]
    if min(np.diff(bounds)) < 1:
        raise InvalidInput(
            f"The shares {tuple(shares)} leave a period of {days.size} sessions empty.", "use larger shares"
        )
    train, validation, holdout = (
        Period(start=_day(days[start]), end=_day(days[stop - 1])) for start, stop in pairwise(bounds)
    )
    return Periods(train=train, validation=validation, holdout=holdout)


def latest_usable_start(available: Dates, end: date) -> date | None:
    """The latest session from which ``available`` holds 120 sessions up to ``end``; None when it never does."""
    days = np.unique(available)
    reachable = days[days <= np.datetime64(end, "D")]
    return _day(reachable[-MINIMUM_SESSIONS]) if reachable.size >= MINIMUM_SESSIONS else None


def detectable_sharpe(sessions: int) -> float:
    """The yearly Sharpe ratio that a one-sided t-test at 5 % finds on ``sessions`` sessions with a power of 63 %."""
    normal = NormalDist()
    return (normal.inv_cdf(0.95) + normal.inv_cdf(POWER)) / sqrt(sessions / SESSIONS_PER_YEAR)


def holdout_notices(periods: Periods, sessions: Dates) -> tuple[str, ...]:
    """What a hold-out under 250 sessions can and cannot show; nothing for a longer one."""
    days = np.unique(sessions)
    start, end = (np.datetime64(day, "D") for day in (periods.holdout.start, periods.holdout.end))
    count = int(np.count_nonzero((days >= start) & (days <= end)))
    if count >= COMFORTABLE_HOLDOUT:
        return ()
    notice = (
        f"The hold-out has only {count} sessions ({count / SESSIONS_PER_YEAR:.1f} years): it can confirm an edge with "
        f"a yearly Sharpe ratio of about {detectable_sharpe(count):.1f} or more (found {share(POWER)} of the time), "
        f"but it cannot tell a smaller one from luck; {COMFORTABLE_HOLDOUT} sessions would show "
        f"{detectable_sharpe(COMFORTABLE_HOLDOUT):.1f}."
    )
    return (notice,)


def _too_short(days: Dates, available: Dates | None) -> DataUnavailable:
    held = f" ({_day(days[0])} to {_day(days[-1])})" if days.size else ""
    message = f"The period has {days.size} trading sessions{held}, but a verdict needs at least {MINIMUM_SESSIONS}."
    return DataUnavailable(message, _start_hint(days, available))


def _start_hint(days: Dates, available: Dates | None) -> str:
    if available is None or not available.size or not days.size:
        return "ask for a longer period"
    start = latest_usable_start(available, _day(days[-1]))
    if start is not None:
        return f"the latest usable start is {start}"
    known = np.unique(available)
    extent = f"the data has {known.size} sessions from {_day(known[0])} to {_day(known[-1])}"
    if known.size < MINIMUM_SESSIONS:
        return f"{extent}: import a longer history"
    return f"{extent}: the earliest usable end is {_day(known[MINIMUM_SESSIONS - 1])}"


def _day(session: np.datetime64) -> date:
    return date.fromisoformat(str(session.astype("datetime64[D]")))
