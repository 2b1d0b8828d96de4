"""A line of numbers as a row of blocks."""

from collections.abc import Sequence
from itertools import pairwise

BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int) -> str:
    """Draw ``values`` from their lowest to their highest in at most ``width`` characters.

    Args:
        values: finite numbers in order; more than ``width`` of them are averaged in stretches of equal length.
        width: characters, >= 1.

    Returns:
        One block a stretch; a constant line is drawn at the bottom, no values give an empty text.
    """
    points = _stretches(values, width)
    if not points:
        return ""
    low, high = min(points), max(points)
    if high == low:
        return BLOCKS[0] * len(points)
    steps = len(BLOCKS) - 1
    return "".join(BLOCKS[round((point - low) / (high - low) * steps)] for point in points)


def _stretches(values: Sequence[float], width: int) -> list[float]:
    total = len(values)
    if total <= width:
        return list(values)
    edges = [total * i // width for i in range(width + 1)]
    return [sum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
