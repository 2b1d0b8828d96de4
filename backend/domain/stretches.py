"""Arithmetic on stretches of days: what is there, what is missing, in which parts it is asked for."""

from collections.abc import Iterable, Sequence
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


def shared(one: Period, other: Period) -> Period | None:
    """The days that both have; None without one."""
    start, end = max(one.start, other.start), min(one.end, other.end)
    return Period(start=start, end=end) if start <= end else None


def hull(stretches: Iterable[Period]) -> Period:
    """From the first day of the earliest to the last day of the latest of at least one stretch."""
    listed = list(stretches)
    return Period(start=min(s.start for s in listed), end=max(s.end for s in listed))


def chunks(period: Period, days: int | None, *, backwards: bool = False) -> Sequence[Period]:
    """``period`` in consecutive parts of at most ``days`` days, the last part first when ``backwards``."""
    if days is None:
        return [period]
    length = timedelta(days=days - 1)
    parts: list[Period] = []
    if backwards:
        end = period.end
        while end >= period.start:
            parts.append(Period(start=max(period.start, end - length), end=end))
            end = parts[-1].start - ONE_DAY
        return parts
    start = period.start
    while start <= period.end:
        parts.append(Period(start=start, end=min(period.end, start + length)))
        start = parts[-1].end + ONE_DAY
    return parts
