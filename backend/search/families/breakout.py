"""Breakout: enter at a new extreme of the last bars, leave at a shorter opposite one."""

from backend.search.families.family import Draft, Family, Side, whole


def draft(_channel: str) -> Draft:
    """Extremes are taken up to the bar before, so that a close can exceed them."""
    highest = "close > lag(highest(high, {window}), 1)"
    lowest = "close < lag(lowest(low, {window}), 1)"
    return Draft(
        title="Breakout",
        rationale="A close beyond the range of the last bars shows that buyers or sellers have taken over.",
        parameters=(whole("reach", 50, 10, 200), whole("retreat", 20, 4, 100)),
        long=Side(entry=highest.format(window="reach"), exit=lowest.format(window="retreat")),
        short=Side(entry=lowest.format(window="reach"), exit=highest.format(window="retreat")),
    )


FAMILY = Family("breakout", ("breakout", "trend"), reads_sentiment=False, draft=draft)
