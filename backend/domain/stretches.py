"""Arithmetic on stretches of days: what is there, what is missing."""

from collections.abc import Iterable
from datetime import timedelta

from backend.domain.periods import Period

ONE_DAY = timedelta(days=1)


def joined(stretches: Iterable[Period]) -> tuple[Period, ...]:
    """The same days as few stretches as possible, ascending: those that overlap or follow on the next day are one."""
    result: list[Period] = []
    for stretch in sorted(stretches, key=lambda s: (s.start, s.end)):
        if result and stretch.start - result[-1].end <= ONE_DAY:
            result[-1] = Period(start=result[-1].start, end=max(result[-1].end, stretch.end))
        else:
            result.append(stretch)
    return tuple(result)


def missing(wanted: Period, there: Iterable[Period]) -> tuple[Period, ...]:
    """The parts of ``wanted`` that no stretch covers, ascending."""
    gaps: list[Period] = []
    start = wanted.start
    for stretch in joined(there):
        if stretch.end < start:
            continue
        if stretch.start > wanted.end:
            break
        if stretch.start > start:
            gaps.append(Period(start=start, end=stretch.start - ONE_DAY))
        start = stretch.end + ONE_DAY
    if start <= wanted.end:
        gaps.append(Period(start=start, end=wanted.end))
    return tuple(gaps)
