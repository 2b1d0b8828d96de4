"""Mean reversion: buy what lies far below its average, leave when it is back."""

from backend.search.families.family import Draft, Family, Side, real, whole


def draft(_channel: str) -> Draft:
    """Distances are counted in standard deviations of the same window."""
    distance = "zscore(close, window)"
    return Draft(
        title="Mean reversion",
        rationale="A price that has moved far from its average in a short time tends to come part of the way back.",
        parameters=(whole("window", 20, 3, 100), real("depth", 1.5, 0.3, 2.8), real("recovery", 0.0, -0.3, 1.5)),
        long=Side(entry=f"{distance} < -depth", exit=f"{distance} > recovery"),
        short=Side(entry=f"{distance} > depth", exit=f"{distance} < -recovery"),
    )


FAMILY = Family("mean_reversion", ("mean_reversion", "contrarian"), reads_sentiment=False, draft=draft)
