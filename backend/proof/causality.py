"""Does any decision depend on what came after it: truncated and perturbed futures must leave the past unchanged."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from backend.domain.arrays import Bools, Integers
from backend.domain.signals import Signals
from backend.domain.spec import CONDITION_FIELDS

CUT_POINTS = 20
"""Spread evenly over the bars."""
CUT_POINTS_PER_CONDITION = 10
"""Where the condition is what it seldom is."""


class DecisionProbe(Protocol):
    """Recomputes a strategy's decisions from raw inputs that were tampered with behind a bar.

    Raw inputs are the bars and the posts by their timestamps; everything made from them is built anew.
    """

    def signals(self) -> Signals:
        """On the inputs as they are; T bars."""

    def truncated(self, cut: int) -> Signals:
        """With everything after the end of bar ``cut`` removed; ``cut + 1`` bars."""

    def perturbed(self, cut: int, seed: int) -> Signals:
        """With everything after the end of bar ``cut`` replaced by something else, made from ``seed``; T bars."""


@dataclass(frozen=True)
class Unfounded:
    """Daily records that are not what their posts give.

    Attributes:
        sessions: how many, in all channels.
        channel, first: of the earliest one.
    """

    sessions: int
    channel: str
    first: date


class CausalityProbe(DecisionProbe, Protocol):
    """Knows as well whether the strategy was tested on what raw inputs give."""

    def unfounded(self) -> Unfounded | None:
        """What it was tested on beyond that; None for nothing."""


@dataclass(frozen=True)
class CausalityReport:
    """What tampering with the future changed.

    Attributes:
        cut_points: bars behind which the inputs were tampered with.
        violations: cut points at which an earlier or simultaneous decision changed.
        first: the earliest changed decision as (condition, bar, how), None without any.
    """

    cut_points: int
    violations: int
    first: tuple[str, int, str] | None


def examine(probe: DecisionProbe) -> CausalityReport:
    """Tamper behind at least 20 cut points (fewer only if the frame is shorter) and compare every decision up to each.

    Beside the evenly spread ones there are cut points at bars where a condition is what it seldom is, since a rule
    that fires once a year and peeks at the next bar changes only there.
    """
    full = probe.signals()
    cuts = _cut_points(full)
    changes = [_first_change(probe, full, int(cut)) for cut in cuts]
    found = [change for change in changes if change is not None]
    return CausalityReport(len(cuts), len(found), min(found, key=lambda change: change[1], default=None))


def _cut_points(full: Signals) -> Integers:
    bars = len(full.long_entry)
    even = np.linspace(0, bars - 2, CUT_POINTS + 2)[1:-1]
    seldom = [_seldom(getattr(full, name)[: bars - 1]) for name in CONDITION_FIELDS]
    return np.unique(np.concatenate([even.astype(np.int64), *seldom]))


def _seldom(condition: Bools) -> Integers:
    """Up to 10 bars, spread evenly over those where ``condition`` has its rarer value."""
    places = np.flatnonzero(condition == (condition.mean() <= 0.5))
    spread = np.linspace(0, len(places) - 1, min(CUT_POINTS_PER_CONDITION, len(places)))
    return places[spread.astype(np.int64)].astype(np.int64)


def _first_change(probe: DecisionProbe, full: Signals, cut: int) -> tuple[str, int, str] | None:
    tampered = {"removing": probe.truncated(cut), "changing": probe.perturbed(cut, seed=cut)}
    for how, signals in tampered.items():
        for name in CONDITION_FIELDS:
            bar = _first_difference(getattr(full, name)[: cut + 1], getattr(signals, name)[: cut + 1])
            if bar is not None:
                return name, bar, how
    return None


def _first_difference(expected: Bools, seen: Bools) -> int | None:
    if len(seen) < len(expected):
        return len(seen)
    different = np.flatnonzero(expected != seen)
    return int(different[0]) if different.size else None
