"""Machine code of moving means; only what runs them imports it, through ``averages``."""

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.engine.kernel import compiled

LARGEST = 1e150
"""A value beyond it counts as missing: its square would not be finite."""
STRETCH = 1024
"""Bars whose sums stay in the fastest memory until all means over them are taken."""


@compiled(inline=True)
def grown(total: float, lost: float, value: float) -> tuple[float, float]:
    """A sum and what rounding took from it, after one more value (Knuth's exact sum of two)."""
    after = total + value
    added = after - total
    return after, lost + ((total - (after - added)) + (value - added))


@compiled(inline=True)
def mean_between(after: float, before: float, lost: float, share: float, window: int) -> float:
    """``(after - before + lost) / window``, rounded once; ``share`` is ``1 / window``."""
    # The difference as high + low without rounding (Knuth), the quotient with one step of refinement (Dekker).
    high = after - before
    back = high - after
    low = ((after - (high - back)) - (before + back)) + lost
    quotient = (high + low) * share
    scaled = 134217729.0 * quotient
    head = scaled - (scaled - quotient)
    rest = ((high - head * window) - (quotient - head) * window) + low
    return quotient + rest * share


@compiled(inline=True)
def fill_means(means: Floats, sums: Floats, first: int, window: int) -> None:
    """Means of the windows that end where ``sums``, shape (3, ...), is at ``first`` and after, into ``means``."""
    share, stop = 1.0 / window, first + means.size
    total, lost, missing = sums[0, first:stop], sums[1, first:stop], sums[2, first:stop]
    start, stop = first - window, stop - window
    total_before, lost_before, missing_before = sums[0, start:stop], sums[1, start:stop], sums[2, start:stop]
    for i in range(means.size):
        mean = mean_between(total[i], total_before[i], lost[i] - lost_before[i], share, window)
        means[i] = mean if missing[i] == missing_before[i] else np.nan


@compiled()
def running_sums(x: Floats) -> Floats:
    """See ``averages.running_sums``."""
    sums = np.empty((3, x.size + 1))
    sums[:, 0] = 0.0
    total, lost, missing = 0.0, 0.0, 0.0
    for i in range(x.size):
        if abs(x[i]) <= LARGEST:
            total, lost = grown(total, lost, x[i])
        else:
            missing += 1.0
        sums[0, i + 1] = total
        sums[1, i + 1] = lost
        sums[2, i + 1] = missing
    return sums


@compiled()
def mean_of_sums(sums: Floats, window: int) -> Floats:
    """See ``averages.mean_of_sums``."""
    means = np.empty(sums.shape[1] - 1)
    means[: min(window - 1, means.size)] = np.nan
    if means.size >= window:
        fill_means(means[window - 1 :], sums, window, window)
    return means


@compiled()
def means_of(x: Floats, windows: Integers) -> Floats:
    """See ``averages.means``."""
    bars, longest = x.size, windows.max()
    stretch = max(STRETCH, longest)
    lines = np.empty((windows.size, bars))
    sums = np.zeros((3, longest + stretch + 1))
    total, lost, missing = 0.0, 0.0, 0.0
    for begin in range(0, bars, stretch):
        size = min(stretch, bars - begin)
        for i in range(size):
            if abs(x[begin + i]) <= LARGEST:
                total, lost = grown(total, lost, x[begin + i])
            else:
                missing += 1.0
            sums[0, longest + i + 1] = total
            sums[1, longest + i + 1] = lost
            sums[2, longest + i + 1] = missing
        for k in range(windows.size):
            unknown = min(max(windows[k] - 1 - begin, 0), size)
            line = lines[k, begin : begin + size]
            line[:unknown] = np.nan
            fill_means(line[unknown:], sums, longest + unknown + 1, windows[k])
        # What the next stretch looks back to.
        for i in range(longest + 1):
            for row in range(3):
                sums[row, i] = sums[row, i + size]
    return lines
