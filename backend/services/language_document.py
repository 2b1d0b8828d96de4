"""The reference of the strategy language as one JSON document, the same at every door."""

from typing import Any

from backend.domain.spec import Parameter, Risk, Series, StrategySpec
from backend.language.reference import language_reference

EXAMPLE = StrategySpec(
    name="Pullback in an uptrend",
    parameters=(Parameter(name="slow", kind="int", value=200, low=100, high=300),),
    series=(Series(name="trend", expression="sma(close, slow)"),),
    long_entry="close > trend and rsi(close, 14) < 40",
    long_exit="close < trend or rsi(close, 14) > 65",
    risk=Risk(stop_loss=0.1),
)
"""A strategy file to begin from."""


def language_document() -> dict[str, Any]:
    """Fields, expressions, columns and functions, with an example and the JSON schema of a strategy."""
    example = EXAMPLE.model_dump(mode="json", exclude_defaults=True)
    beside = {"example": example, "spec_schema": StrategySpec.model_json_schema()}
    return language_reference().model_dump(mode="json") | beside
