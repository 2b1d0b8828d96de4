"""Volatility squeeze: follow the move that ends a stretch of unusual calm."""

from backend.domain.spec import Series
from backend.search.families.family import Draft, Family, Side, real, whole


def draft(_channel: str) -> Draft:
    """Calm is the rank of the band's relative width the bar before, so the breakout itself does not disturb it."""
    calm = "percentile_rank(lag(width, 1), history) < squeeze"
    return Draft(
        title="Volatility squeeze",
        rationale="Calm and turmoil alternate; the first close beyond a narrow range often starts a longer move.",
        parameters=(whole("window", 20, 5, 60), whole("history", 120, 50, 250), real("squeeze", 0.4, 0.1, 0.9)),
        series=(Series(name="width", expression="std(close, window) / sma(close, window)"),),
        long=Side(
            entry=f"{calm} and close > lag(highest(close, window), 1)",
            exit="close < sma(close, window)",
        ),
        short=Side(
            entry=f"{calm} and close < lag(lowest(close, window), 1)",
            exit="close > sma(close, window)",
        ),
    )


FAMILY = Family("volatility_squeeze", ("volatility", "breakout"), reads_sentiment=False, draft=draft)
