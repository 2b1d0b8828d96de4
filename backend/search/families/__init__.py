"""The grammar's families, one file each; a new one is a file and a line here."""

from backend.search.families import (
    attention_spike,
    breakout,
    mean_reversion,
    momentum,
    momentum_rank,
    rsi_pullback,
    sentiment_contrarian,
    sentiment_momentum,
    trend_cross,
    trend_sentiment,
    volatility_squeeze,
)
from backend.search.families.family import Draft, Family, Side

FAMILIES: dict[str, Family] = {
    module.FAMILY.name: module.FAMILY
    for module in (
        trend_cross,
        breakout,
        momentum,
        momentum_rank,
        mean_reversion,
        rsi_pullback,
        volatility_squeeze,
        sentiment_momentum,
        sentiment_contrarian,
        attention_spike,
        trend_sentiment,
    )
}

__all__ = ["FAMILIES", "Draft", "Family", "Side"]
