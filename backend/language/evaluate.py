"""Runs a plan on a frame."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backend.domain.frames import Frame
from backend.domain.spec import Parameter
from backend.language.plan import FRAME_SLOT, Calculation, Plan

MEMO_BYTES = 2**28
"""Bound on what one memo keeps, whoever fills it."""
MIN_MEMO_ENTRIES = 16

Memo = dict[Any, Any]
"""Results by calculation and inputs, for one frame; made empty by the caller, filled here."""


class Kept:
    """A result in a memo; the object itself stands for the result in the keys of those built on it."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def defaults_of(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """The values of parameters by name, whole numbers as int."""
    return {p.name: int(p.value) if p.kind == "int" else p.value for p in parameters}


def run(
    plan: Plan,
    frame: Frame,
    values: Mapping[str, Any],
    memo: Memo | None,
    calculations: Sequence[Calculation] | None = None,
) -> list[Any]:
    """The slots of the plan, filled.

    Args:
        plan: what to calculate.
        frame: what it reads.
        values: every parameter of the plan by name; whole numbers as int.
        memo: results of earlier runs on the same frame, or None.
        calculations: some of the plan's, with all that they need; None for all.
    """
    wanted = plan.series if calculations is None else calculations
    slots = numbers(plan, values)
    slots[FRAME_SLOT] = frame
    if memo is None:
        _run_all(wanted, slots)
    else:
        limit = max(MIN_MEMO_ENTRIES, MEMO_BYTES // (8 * max(len(frame), 1)))
        _run_remembering(wanted, slots, memo, limit)
    return slots


def numbers(plan: Plan, values: Mapping[str, Any]) -> list[Any]:
    """The slots that hold constants, parameters and arithmetic on them."""
    slots = plan.slots.copy()
    for name, slot in plan.parameters.items():
        slots[slot] = values[name]
    for calculation in plan.numbers:
        slots[calculation.slot] = calculation.run(*[slots[i] for i in calculation.inputs])
    return slots


def warmups(plan: Plan, values: Mapping[str, Any]) -> list[int]:
    """For each slot, the bars at the start that its calculation needs before it has a value."""
    slots = numbers(plan, values)
    bars = [0] * len(slots)
    for own in plan.warmups:
        before = max([bars[i] for i in own.inputs], default=0)
        bars[own.slot] = before + own.rule(*[slots[i] for i in own.windows])
    return bars


def _run_all(calculations: Sequence[Calculation], slots: list[Any]) -> None:
    for calculation in calculations:
        result = calculation.run(*[slots[i] for i in calculation.inputs])
        result.setflags(write=False)
        slots[calculation.slot] = result


def _run_remembering(calculations: Sequence[Calculation], slots: list[Any], memo: Memo, limit: int) -> None:
    tokens = slots.copy()
    for calculation in calculations:
        key = (calculation.run, *[tokens[i] for i in calculation.inputs]) if calculation.shared else None
        kept = memo.get(key) if key else None
        if kept is None:
            result = calculation.run(*[slots[i] for i in calculation.inputs])
            result.setflags(write=False)
            kept = Kept(result)
            if key and len(memo) < limit:
                memo[key] = kept
        slots[calculation.slot] = kept.value
        tokens[calculation.slot] = kept
