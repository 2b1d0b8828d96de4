"""The lines of the engine table: each work here, what is wanted of it, and what the peers reach."""

from collections.abc import Mapping
from typing import Any

from benchmarks.engine_alone import kernel_seconds, minute_year_seconds, rotation_seconds
from benchmarks.engine_works import LONG, Done, Works
from benchmarks.sweeps import PAIRS, WANTED, WANTED_WITH_STOPS
from benchmarks.table import Figure

SCALES = {"us": 1e6, "ms": 1e3, "s": 1.0}
TIMES = {
    "w1": ("SMA cross, 3,270 bars: signals, equity, trades", "us", 40.0),
    "w1_full": ("the same with all metrics", "us", 70.0),
    "w2": ("SMA cross, 100,000 bars", "ms", 0.7),
    "w2b": ("SMA cross, 1,000,000 bars", "ms", 12.0),
    "matrix": ("5 symbols x 20 strategies, all metrics and trades", "ms", 6.0),
}
"""Works that are told in seconds: title, unit, the most that is wanted."""
SWEEPS = {
    "sweep": (f"sweep of {len(PAIRS):,} pairs: return, Sharpe, drawdown, trades", WANTED),
    "sweep_stops": ("the same with stop and target", WANTED_WITH_STOPS),
}
"""Works that are told in backtests per second: title, the least that is wanted."""

Times = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""What each peer took: by its name, then by work."""


def figures(
    works: Works, done: Mapping[str, Done], own_cold: float, times: Times, cold: Mapping[str, float]
) -> list[Figure]:
    """All lines, in the order of the table."""
    singles = [timed_line(name, done[name], times) for name in TIMES]
    sweeps = [swept_line(name, done[name], times) for name in SWEEPS if name in done]
    alone = [
        Figure("kernel", "simulation alone, with stops", kernel_seconds(works.long) / LONG * 1e9, "ns/bar", 4.0),
        Figure("minutes", "a year of minutes, six conditions, all metrics", minute_year_seconds() * 1e3, "ms", 10.0),
        Figure("rotation", "rotation of five symbols, 3,270 bars", rotation_seconds(works.portfolio) * 1e3, "ms"),
        Figure("cold", "cold start: import, data, one run; CPU", own_cold, "s", 3.0, beside=cold),
    ]
    return [*singles, *sweeps, *alone]


def timed_line(name: str, done: Done, times: Times) -> Figure:
    """Seconds in the unit of the work."""
    title, unit, target = TIMES[name]
    beside = {peer: answers[name]["seconds"] * SCALES[unit] for peer, answers in times.items() if name in answers}
    return Figure(name, title, done.seconds * SCALES[unit], unit, target, beside=beside)


def swept_line(name: str, done: Done, times: Times) -> Figure:
    """Backtests in a second; a peer that would take minutes is asked for some of the pairs."""
    title, target = SWEEPS[name]
    asked = {peer: answers.get(name) or answers.get(f"{name}_some") for peer, answers in times.items()}
    beside = {peer: len(each["trades"]) / each["seconds"] for peer, each in asked.items() if each}
    return Figure(name, title, len(done.trades) / done.seconds, "/s", target, more_is_better=True, beside=beside)
