"""Measured figures as one table that people and machines can read: a row for each, ``|`` between the columns."""

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import NamedTuple


class Figure(NamedTuple):
    """One measured number; ``target`` is the most that it may be, or the least where ``more_is_better``."""

    name: str
    work: str
    value: float
    unit: str
    target: float | None = None
    more_is_better: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        return self.value >= self.target if self.more_is_better else self.value <= self.target


def print_figures(title: str, figures: Iterable[Figure]) -> None:
    """Print a table of the columns name, work, value, unit, target, holds."""
    print(f"{title}\n")
    print("| name | work | value | unit | target | holds |\n|---|---|--:|---|--:|---|")
    for figure in figures:
        bound = ">=" if figure.more_is_better else "<="
        target = "" if figure.target is None else f"{bound} {figure.target:g}"
        holds = {True: "yes", False: "no", None: ""}[figure.holds]
        print(f"| {figure.name} | {figure.work} | {figure.value:.4g} | {figure.unit} | {target} | {holds} |")


def best_seconds(work: Callable[[], object], budget: float = 2.0) -> float:
    """Shortest of the runs that fit into ``budget`` seconds, after one that warms up; at least three."""
    work()
    best, runs, ends = float("inf"), 0, perf_counter() + budget
    while runs < 3 or perf_counter() < ends:
        began = perf_counter()
        work()
        best, runs = min(best, perf_counter() - began), runs + 1
    return best
