"""Momentum rank: hold while the recent return ranks high among those of the last year."""

from backend.search.families.family import Draft, Family, Side, real, whole


def draft(_channel: str) -> Draft:
    """A rank is free of the market's own level of volatility; entry and exit ranks lie apart."""
    rank = "percentile_rank(roc(close, window), history)"
    return Draft(
        title="Momentum rank",
        rationale="A return that is high for this very market says more than one that is high in percent.",
        parameters=(
            whole("window", 40, 2, 120),
            whole("history", 200, 60, 250),
            real("strong", 0.6, 0.5, 0.9),
            real("weak", 0.4, 0.1, 0.5),
        ),
        long=Side(entry=f"{rank} > strong", exit=f"{rank} < weak"),
        short=Side(entry=f"{rank} < 1 - strong", exit=f"{rank} > 1 - weak"),
    )


FAMILY = Family("momentum_rank", ("momentum",), reads_sentiment=False, draft=draft)
