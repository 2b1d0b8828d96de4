"""Measured figures as one table that people and machines can read: a row for each, ``|`` between the columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from time import perf_counter
from typing import NamedTuple


class Figure(NamedTuple):
    """One measured number; ``target`` is the most that it may be, or the least where ``more_is_better``.

    Attributes:
        beside: what others reach at the same work, in the same unit, by name.
    """

    name: str
    work: str
    value: float
    unit: str
    target: float | None = None
    more_is_better: bool = False
    beside: Mapping[str, float] = {}

    @property
    def holds(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        return self.value >= self.target if self.more_is_better else self.value <= self.target

    @property
    def bound(self) -> str:
        """The target with its direction; empty without one."""
        return "" if self.target is None else f"{'>=' if self.more_is_better else '<='} {self.target:,g}"

    def times_as_fast_as(self, other: str) -> float | None:
        """How many times the speed of another this is; None where that was not measured."""
        theirs = self.beside.get(other)
        if theirs is None:
            return None
        return self.value / theirs if self.more_is_better else theirs / self.value


def print_figures(title: str, figures: Iterable[Figure]) -> None:
    """Print a table of the columns name, work, value, unit, target, holds."""
    print(f"{title}\n")
    print("| name | work | value | unit | target | holds |\n|---|---|--:|---|--:|---|")
    for figure in figures:
        holds = {True: "yes", False: "no", None: ""}[figure.holds]
        print(f"| {figure.name} | {figure.work} | {figure.value:.4g} | {figure.unit} | {figure.bound} | {holds} |")


def print_beside(title: str, own: str, others: Sequence[str], figures: Iterable[Figure]) -> None:
    """Print a table with a column for each of ``others``, and in the last columns the ratios to them."""
    print(f"{title}\n")
    names = (own, "wanted", *others, *(f"x {other}" for other in others))
    print(f"| work | unit | {' | '.join(names)} |\n|---|---|{'--:|' * len(names)}")
    for figure in figures:
        missed = ", **missed**" if figure.holds is False else ""
        wanted = f"{figure.bound}{missed}"
        values = (short(figure.value), wanted, *(short(figure.beside.get(other)) for other in others))
        ratios = (short(figure.times_as_fast_as(other)) for other in others)
        print(f"| {figure.work} | {figure.unit} | {' | '.join((*values, *ratios))} |")


def short(value: float | None) -> str:
    """Three significant digits, thousands with a comma; empty for None."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def best_seconds(work: Callable[[], object], budget: float = 2.0) -> float:
    """Shortest of the runs that fit into ``budget`` seconds, after one that warms up; at least three."""
    work()
    best, runs, ends = float("inf"), 0, perf_counter() + budget
    while runs < 3 or perf_counter() < ends:
        began = perf_counter()
        work()
        best, runs = min(best, perf_counter() - began), runs + 1
    return best
