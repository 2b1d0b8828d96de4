"""RSI pullback: buy a short-term low within a long-term rise."""

from backend.search.families.family import Draft, Family, Side, real, whole


def draft(_channel: str) -> Draft:
    """The short side mirrors the index around 50."""
    index = "rsi(close, window)"
    return Draft(
        title="RSI pullback",
        rationale="Setbacks within a rise are bought; they tend to be shorter than the rise.",
        parameters=(
            whole("window", 4, 2, 20),
            real("oversold", 30.0, 10.0, 45.0),
            real("recovered", 60.0, 50.0, 85.0),
            whole("trend", 150, 50, 250),
        ),
        long=Side(entry=f"{index} < oversold and close > sma(close, trend)", exit=f"{index} > recovered"),
        short=Side(entry=f"{index} > 100 - oversold and close < sma(close, trend)", exit=f"{index} < 100 - recovered"),
    )


FAMILY = Family("rsi_pullback", ("rsi", "mean_reversion"), reads_sentiment=False, draft=draft)
