"""Sentiment contrarian: buy when the mood is unusually bad, leave when it is ordinary again."""

from backend.domain.spec import Series
from backend.search.families.family import Draft, Family, Side, mood, real, whole


def draft(channel: str) -> Draft:
    """How unusual a mood is, is counted in standard deviations of its own last sessions."""
    return Draft(
        title="Sentiment contrarian",
        rationale="A crowd that agrees has already traded; extremes of mood tend to be followed by the opposite move.",
        parameters=(
            whole("smooth", 3, 1, 15),
            whole("history", 60, 20, 150),
            real("extreme", 1.0, 0.3, 2.5),
            real("ordinary", 0.0, -0.3, 1.0),
        ),
        series=(Series(name="mood", expression=mood(channel, "smooth")),),
        long=Side(entry="zscore(mood, history) < -extreme", exit="zscore(mood, history) > ordinary"),
        short=Side(entry="zscore(mood, history) > extreme", exit="zscore(mood, history) < -ordinary"),
    )


FAMILY = Family(
    "sentiment_contrarian",
    ("sentiment_contrarian", "contrarian", "sentiment", "mean_reversion"),
    reads_sentiment=True,
    draft=draft,
)
