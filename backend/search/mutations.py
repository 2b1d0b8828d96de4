"""One function for each kind of change a diagnosis may ask for: a strategy in, a changed strategy or None out."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from backend.domain.goal import Direction
from backend.domain.sessions import Change, Observations
from backend.domain.spec import MAX_PARAMETERS, Parameter, Sizing, StrategySpec
from backend.search.blocks import FILTERS, RULES, STOP_LOSS, TRAILING_STOP, VOLATILITY, blocks, risk_rule
from backend.search.conditions import ENTRIES, EXITS, and_parts, join_and, or_parts, pruned, reads_sentiment
from backend.search.families import FAMILIES
from backend.search.families.family import whole
from backend.search.thresholds import loosened


@dataclass(frozen=True)
class Surroundings:
    """What a mutation may look at beside the strategy and the change.

    Attributes:
        channel: sentiment that may be read, None without any.
        families: names to switch to, the preferred first.
    """

    direction: Direction = "long"
    channel: str | None = None
    observations: Observations | None = None
    families: tuple[str, ...] = ()


Mutation = Callable[[StrategySpec, Change, Surroundings], StrategySpec | None]
"""None means that the change cannot be made to this strategy."""


def relax_condition(spec: StrategySpec, change: Change, around: Surroundings) -> StrategySpec | None:
    """Drop the part of the entry that was true least often; a single part gets a looser threshold instead.

    The part is the one with the lowest measured rate, or without measurements the one that ``change.place`` names.
    """
    entries = {field: and_parts(text) for field in ENTRIES if (text := getattr(spec, field))}
    index = _rarest(next(iter(entries.values())), change.place, around.observations)
    update: dict[str, object] = {}
    for field, parts in entries.items():
        if len(parts) == 1:
            return loosened(spec, parts[0])
        kept = [part for position, part in enumerate(parts) if position != index]
        update[field] = join_and(kept)
    return pruned(spec.model_copy(update=update))


def target_volatility(spec: StrategySpec, _change: Change, _around: Surroundings) -> StrategySpec | None:
    """Size positions for a yearly volatility; where that is done already, for two thirds of it."""
    if spec.sizing.kind == "volatility_target":
        smaller = Sizing(kind="volatility_target", value=float(f"{spec.sizing.value * 2 / 3:.2g}"))
        return spec.model_copy(update={"sizing": smaller})
    return spec.model_copy(update={"sizing": Sizing(kind="volatility_target", value=VOLATILITY)})


def add_stop(spec: StrategySpec, change: Change, _around: Surroundings) -> StrategySpec | None:
    """Set the stop that the place names, ``risk.stop_loss`` or ``risk.trailing_stop``; halve it where it is set."""
    name = "trailing_stop" if change.place.endswith("trailing_stop") else "stop_loss"
    present = getattr(spec.risk, name)
    if present is not None:
        tighter = {name: float(f"{present / 2:.2g}")}
        return spec.model_copy(update={"risk": spec.risk.model_copy(update=tighter)})
    return risk_rule(name, TRAILING_STOP if name == "trailing_stop" else STOP_LOSS)(spec)


def add_regime_filter(spec: StrategySpec, change: Change, around: Surroundings) -> StrategySpec | None:
    """Enter only in the regime that the place names: a filter's name, the long trend by default."""
    chosen = FILTERS.get(change.place, FILTERS["with the long trend"])
    return chosen.on(around.channel)(spec)


def slow_down(spec: StrategySpec, _change: Change, _around: Surroundings) -> StrategySpec | None:
    """Trade less often: windows half as long again, and exits that must hold for several bars in a row."""
    slower = tuple(_longer(p) for p in spec.parameters)
    update: dict[str, object] = {"parameters": slower}
    if len(slower) < MAX_PARAMETERS and all(p.name != "patience" for p in slower):
        update["parameters"] = (*slower, whole("patience", 3, 2, 10))
        for field in EXITS:
            if text := getattr(spec, field):
                update[field] = f"count({text}, patience) >= patience"
        if all(getattr(spec, field) is None for field in EXITS):
            update["parameters"] = slower
    changed = spec.model_copy(update=update)
    return changed if changed != spec else None


def carry_sentiment_forward(spec: StrategySpec, _change: Change, _around: Surroundings) -> StrategySpec | None:
    """Let the last known sentiment count for longer: how long becomes a parameter."""
    if len(spec.parameters) >= MAX_PARAMETERS or any(p.name == "memory" for p in spec.parameters):
        return None
    carried = _each_expression(spec, lambda text: _LAST_KNOWN.sub(r"last_known(\1, memory)", text))
    if carried == spec:
        carried = _each_expression(spec, lambda text: _SENTIMENT.sub(r"last_known(\g<0>, memory)", text))
    if carried == spec:
        return None
    return carried.model_copy(update={"parameters": (*spec.parameters, whole("memory", 10, 3, 40))})


def drop_sentiment(spec: StrategySpec, _change: Change, _around: Surroundings) -> StrategySpec | None:
    """Leave out every part of a condition that reads sentiment; None when no entry would be left."""
    update: dict[str, object] = {}
    for fields, split, joined in ((ENTRIES, and_parts, join_and), (EXITS, or_parts, " or ".join)):
        for field in fields:
            if text := getattr(spec, field):
                kept = [part for part in split(text) if not reads_sentiment(part, spec)]
                update[field] = joined(kept) if kept else None
    lost_entry = any(getattr(spec, field) and not update[field] for field in ENTRIES)
    changed = None if lost_entry else pruned(spec.model_copy(update=update))
    return changed if changed != spec else None


def switch_family(_spec: StrategySpec, change: Change, around: Surroundings) -> StrategySpec | None:
    """Start from the family that the place names, or from the first preferred one."""
    name = change.place if change.place in FAMILIES else next(iter(around.families), None)
    if name is None or (FAMILIES[name].reads_sentiment and around.channel is None):
        return None
    return FAMILIES[name].build(around.direction, around.channel)


def refine(spec: StrategySpec, change: Change, around: Surroundings) -> StrategySpec | None:
    """Add the building block that the place names, or the first one that the strategy has room for."""
    known = blocks(around.channel)
    wanted = [known[change.place]] if change.place in known else list(RULES.values())
    return next((changed for block in wanted if (changed := block(spec)) is not None), None)


MUTATIONS: dict[str, Mutation] = {
    "relax_condition": relax_condition,
    "target_volatility": target_volatility,
    "add_stop": add_stop,
    "add_regime_filter": add_regime_filter,
    "slow_down": slow_down,
    "carry_sentiment_forward": carry_sentiment_forward,
    "drop_sentiment": drop_sentiment,
    "switch_family": switch_family,
    "refine": refine,
}

_LAST_KNOWN = re.compile(r"last_known\((sentiment(?:_std)?\([^()]*\)), [0-9]+\)")
_SENTIMENT = re.compile(r"sentiment(?:_std)?\([^()]*\)")


def _rarest(parts: tuple[str, ...], place: str, observations: Observations | None) -> int:
    rates = observations.condition_rates if observations else ()
    if len(rates) >= len(parts):
        return min(range(len(parts)), key=lambda index: rates[index].rate)
    return parts.index(place) if place in parts else len(parts) - 1


def _longer(parameter: Parameter) -> Parameter:
    if parameter.kind != "int" or parameter.high < 20:
        return parameter
    low = float(min(round(parameter.low * 1.5), parameter.high))
    value = float(min(max(round(parameter.value * 1.5), low), parameter.high))
    return parameter.model_copy(update={"low": low, "value": value})


def _each_expression(spec: StrategySpec, change: Callable[[str], str]) -> StrategySpec:
    update: dict[str, object] = {
        field: change(text) for field in (*ENTRIES, *EXITS) if (text := getattr(spec, field)) is not None
    }
    update["series"] = tuple(s.model_copy(update={"expression": change(s.expression)}) for s in spec.series)
    return spec.model_copy(update=update)
