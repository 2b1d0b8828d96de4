"""Trend cross: hold the side on which a short average lies of a long one."""

from backend.search.families.family import Draft, Family, Side, whole


def draft(_channel: str) -> Draft:
    """Two averages whose windows cannot overlap, so that fast stays fast."""
    up, down = "sma(close, fast) > sma(close, slow)", "sma(close, fast) < sma(close, slow)"
    return Draft(
        title="Trend cross",
        rationale="Prices that have risen for weeks tend to go on rising; the crossing of two averages marks the turn.",
        parameters=(whole("fast", 10, 3, 24), whole("slow", 100, 25, 250)),
        long=Side(entry=up, exit=down),
        short=Side(entry=down, exit=up),
    )


FAMILY = Family("trend_cross", ("trend", "momentum"), reads_sentiment=False, draft=draft)
