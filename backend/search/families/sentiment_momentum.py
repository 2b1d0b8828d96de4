"""Sentiment momentum: hold while the mood is better than it usually is."""

from backend.domain.spec import Series
from backend.search.families.family import Draft, Family, Side, mood, real, whole


def draft(channel: str) -> Draft:
    """Mood is held against its own longer average, since people are more often cheerful than not."""
    return Draft(
        title="Sentiment momentum",
        rationale="When people speak better of a company than usual, its price tends to follow.",
        parameters=(whole("smooth", 3, 1, 12), whole("usual", 90, 60, 150), real("margin", 0.0, 0.0, 0.1)),
        series=(
            Series(name="mood", expression=mood(channel, "smooth")),
            Series(name="custom", expression=mood(channel, "usual")),
        ),
        long=Side(entry="mood - custom > margin", exit="mood - custom < 0"),
        short=Side(entry="mood - custom < -margin", exit="mood - custom > 0"),
    )


FAMILY = Family(
    "sentiment_momentum", ("sentiment_momentum", "sentiment", "momentum"), reads_sentiment=True, draft=draft
)
