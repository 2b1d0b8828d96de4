"""Momentum: hold while the return over a window is on the right side of a threshold."""

from backend.search.families.family import Draft, Family, Side, real, whole


def draft(_channel: str) -> Draft:
    """The way out lies at no return at all, so the threshold works as hysteresis."""
    return Draft(
        title="Momentum",
        rationale="What has risen over the last bars tends to rise a little longer.",
        parameters=(whole("window", 60, 1, 250), real("hurdle", 0.0, 0.0, 0.1)),
        long=Side(entry="roc(close, window) > hurdle", exit="roc(close, window) < 0"),
        short=Side(entry="roc(close, window) < -hurdle", exit="roc(close, window) > 0"),
    )


FAMILY = Family("momentum", ("momentum",), reads_sentiment=False, draft=draft)
