"""Joins the calculations of a plan that one pass over the bars does together; the results stay the same to the bit."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from backend.domain.arrays import Bools, Floats, Integers
from backend.engine.indicators.averages import mean_of_sums, means, running_sums
from backend.engine.indicators.crossings import cross_above, cross_below, crossed
from backend.language.plan import Calculation

NEVER = 2**62
"""A bar that does not come."""
_DIRECTIONS: tuple[Callable[..., Any], ...] = (cross_above, cross_below)


@dataclass(frozen=True, slots=True)
class Joint:
    """``slots[...] = run(*(slots[i] for i in inputs))``.

    Attributes:
        rows: the slots of the rows of the result; none if it goes into ``slot`` as a whole.
        done: slots that nothing reads afterwards: what they hold is let go, so that its memory serves again.
    """

    run: Callable[..., Any]
    inputs: tuple[int, ...]
    slot: int
    rows: tuple[int, ...] = ()
    done: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Crossing:
    """The slots of two lines, and the conditions that are true where the first crosses the second, by direction."""

    a: int
    b: int
    above: tuple[str, ...]
    below: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FusedPlan:
    """Calculations in order; then the conditions that are crossings, and the slots of those that are not."""

    joints: tuple[Joint, ...]
    crossings: tuple[Crossing, ...]
    others: tuple[tuple[str, int], ...]


def fuse(steps: Sequence[Calculation], roots: Mapping[str, int]) -> FusedPlan:
    """Join what can be joined.

    Args:
        steps: calculations in order.
        roots: the slot of each condition.
    """
    uses = Counter(i for step in steps for i in step.inputs)
    crossings = _crossings(steps, {name: slot for name, slot in roots.items() if not uses[slot]})
    decided = {name for crossing in crossings for name in (*crossing.above, *crossing.below)}
    left_out = {roots[name] for name in decided}
    windows = _means(steps, uses)
    joined = {step.slot for group in windows.values() for step in group}
    joints = []
    for step in steps:
        if step.slot in windows:
            group = windows[step.slot]
            inputs = (*step.inputs, *(mean.inputs[1] for mean in group))
            joints.append(Joint(_means_of, inputs, step.slot, tuple(mean.slot for mean in group)))
        elif step.slot not in joined and step.slot not in left_out:
            joints.append(Joint(step.run, step.inputs, step.slot))
    others = tuple((name, slot) for name, slot in roots.items() if name not in decided)
    kept = {slot for _, slot in others} | {slot for each in crossings for slot in (each.a, each.b)}
    return FusedPlan(_releasing(joints, kept), crossings, others)


def run_joints(fused: FusedPlan, slots: list[Any]) -> None:
    """Fill the slots of all conditions, and of the lines of the crossings that decide."""
    for joint in fused.joints:
        result = joint.run(*[slots[i] for i in joint.inputs])
        result.setflags(write=False)
        if joint.rows:
            for slot, row in zip(joint.rows, result, strict=True):
                slots[slot] = row
        else:
            slots[joint.slot] = result
        for slot in joint.done:
            slots[slot] = None


def run_crossings(fused: FusedPlan, slots: list[Any], own_warmups: Mapping[str, int]) -> dict[str, Bools]:
    """Where each condition that is a crossing is true, and never within its own warm-up; shape (T,), read-only.

    Args:
        fused: its joints have been run.
        slots: filled by them.
        own_warmups: bars at the start, by condition.
    """
    found: dict[str, Bools] = {}
    for each in fused.crossings:
        above_from = own_warmups[each.above[0]] if each.above else NEVER
        below_from = own_warmups[each.below[0]] if each.below else NEVER
        both = crossed(slots[each.a], slots[each.b], above_from, below_from)
        both.setflags(write=False)
        for names, row in ((each.above, both[0]), (each.below, both[1])):
            for name in names:
                found[name] = row
    return found


def _releasing(joints: Sequence[Joint], kept: set[int]) -> tuple[Joint, ...]:
    """The same, each letting go of what it is the last to read, unless it is ``kept``."""
    made = {slot for joint in joints for slot in (joint.slot, *joint.rows)}
    later, found = set(kept), []
    for joint in reversed(joints):
        found.append(replace(joint, done=tuple(sorted(made.intersection(joint.inputs) - later))))
        later.update(joint.inputs)
    return tuple(reversed(found))


def _means(steps: Sequence[Calculation], uses: Mapping[int, int]) -> dict[int, list[Calculation]]:
    """The means over each running sum that nothing else reads, by the slot of the sum."""
    groups: dict[int, list[Calculation]] = {step.slot: [] for step in steps if step.run is running_sums}
    for step in steps:
        if step.run is mean_of_sums and step.inputs[0] in groups:
            groups[step.inputs[0]].append(step)
    return {slot: group for slot, group in groups.items() if len(group) == uses[slot]}


def _crossings(steps: Sequence[Calculation], free: Mapping[str, int]) -> tuple[Crossing, ...]:
    """The conditions among ``free`` that are crossings of two lines, both directions of a pair together."""
    made = {step.slot: step for step in steps}
    pairs: dict[tuple[int, ...], tuple[list[str], list[str]]] = {}
    for name, slot in free.items():
        step = made[slot]
        if step.run in _DIRECTIONS and made.keys() >= set(step.inputs):
            pairs.setdefault(step.inputs, ([], []))[_DIRECTIONS.index(step.run)].append(name)
    return tuple(Crossing(a, b, tuple(above), tuple(below)) for (a, b), (above, below) in pairs.items())


def _means_of(x: Floats, *windows: int) -> Floats:
    return means(x, _frozen(windows))


@lru_cache(maxsize=1024)
def _frozen(windows: tuple[int, ...]) -> Integers:
    array: Integers = np.array(windows, dtype=np.int64)
    array.setflags(write=False)
    return array
