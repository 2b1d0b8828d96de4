"""Building blocks that any family may carry: filters on the entries, exits without an expression, sizings."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.domain.spec import MAX_PARAMETERS, Parameter, Sizing, StrategySpec
from backend.search.conditions import and_parts, join_and
from backend.search.families.family import real, whole

Block = Callable[[StrategySpec], StrategySpec | None]
"""Adds itself to a strategy; None when the strategy has it already or has no room for it."""


@dataclass(frozen=True)
class Filter:
    """A further condition on entries, for the long side and mirrored for the short one."""

    name: str
    parameter: Parameter
    long: str
    short: str
    reads_sentiment: bool = False

    def on(self, channel: str | None) -> Block:
        """The block that reads ``channel``; None adds nothing where sentiment is needed."""

        def add(spec: StrategySpec) -> StrategySpec | None:
            taken = {p.name for p in spec.parameters} | {line.name for line in spec.series}
            lacking = self.reads_sentiment and channel is None
            if lacking or self.parameter.name in taken or len(spec.parameters) >= MAX_PARAMETERS:
                return None
            update: dict[str, object] = {"parameters": (*spec.parameters, self.parameter)}
            for field, condition in (("long_entry", self.long), ("short_entry", self.short)):
                if entry := getattr(spec, field):
                    update[field] = join_and([*and_parts(entry), condition.replace("CHANNEL", f'"{channel}"')])
            return spec.model_copy(update=update)

        return add


FILTERS: dict[str, Filter] = {
    f.name: f
    for f in (
        Filter(
            "with the long trend",
            whole("regime", 150, 50, 250),
            "close > sma(close, regime)",
            "close < sma(close, regime)",
        ),
        Filter(
            "in calm markets",
            real("calm", 0.8, 0.4, 0.95),
            "percentile_rank(std(roc(close, 1), 20), 200) < calm",
            "percentile_rank(std(roc(close, 1), 20), 200) < calm",
        ),
        Filter(
            "on volume",
            whole("volume_window", 20, 5, 100),
            "volume > sma(volume, volume_window)",
            "volume > sma(volume, volume_window)",
        ),
        Filter(
            "with the mood",
            real("mood_level", 0.0, -0.2, 0.2),
            "sma(last_known(sentiment(CHANNEL), 5), 10) > mood_level",
            "sma(last_known(sentiment(CHANNEL), 5), 10) < mood_level",
            reads_sentiment=True,
        ),
    )
}


def risk_rule(name: str, value: float) -> Block:
    """The block that sets one rule of ``Risk``."""

    def add(spec: StrategySpec) -> StrategySpec | None:
        if getattr(spec.risk, name) is not None:
            return None
        return spec.model_copy(update={"risk": spec.risk.model_copy(update={name: value})})

    return add


def volatility_target(value: float) -> Block:
    """The block that sizes positions for a yearly volatility."""

    def add(spec: StrategySpec) -> StrategySpec | None:
        if spec.sizing.kind == "volatility_target":
            return None
        return spec.model_copy(update={"sizing": Sizing(kind="volatility_target", value=value)})

    return add


STOP_LOSS, TRAILING_STOP, TAKE_PROFIT, HOLDING, VOLATILITY = 0.08, 0.12, 0.2, 20, 0.15

VOLATILITY_RULE = "a volatility target"

RULES: dict[str, Block] = {
    "a stop loss": risk_rule("stop_loss", STOP_LOSS),
    "a trailing stop": risk_rule("trailing_stop", TRAILING_STOP),
    "a take profit": risk_rule("take_profit", TAKE_PROFIT),
    "a longest holding time": risk_rule("max_holding_bars", HOLDING),
    VOLATILITY_RULE: volatility_target(VOLATILITY),
}


def blocks(channel: str | None) -> dict[str, Block]:
    """Every block by its name in words."""
    return {name: f.on(channel) for name, f in FILTERS.items()} | RULES
