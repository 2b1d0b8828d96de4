"""Trend with sentiment: hold a trend only while the mood does not speak against it."""

from backend.domain.spec import Series
from backend.search.families.family import Draft, Family, Side, mood, real, whole


def draft(channel: str) -> Draft:
    """Either the price or the mood may end the position."""
    return Draft(
        title="Trend with sentiment",
        rationale="A trend that people believe in lasts longer than one that they doubt.",
        parameters=(whole("trend", 50, 5, 200), whole("smooth", 10, 1, 40), real("level", 0.0, -0.2, 0.3)),
        series=(Series(name="mood", expression=mood(channel, "smooth")),),
        long=Side(
            entry="close > sma(close, trend) and mood > level", exit="close < sma(close, trend) or mood < level - 0.05"
        ),
        short=Side(
            entry="close < sma(close, trend) and mood < level", exit="close > sma(close, trend) or mood > level + 0.05"
        ),
    )


FAMILY = Family("trend_sentiment", ("trend", "sentiment", "momentum"), reads_sentiment=True, draft=draft)
