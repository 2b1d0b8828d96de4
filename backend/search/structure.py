"""What stays of a strategy when its numbers are taken away: two attempts of one structure differ in tuning only."""

import re

from backend.domain.spec import CONDITION_FIELDS, StrategySpec

_NUMBER = re.compile(r"(?<![A-Za-z_0-9])[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")


def structure(spec: StrategySpec) -> str:
    """Conditions and series with every number as ``#``, the kind of sizing, and which risk rules are set."""
    lines = [f"{line.name} = {_blank(line.expression)}" for line in spec.series]
    lines += [f"{field}: {_blank(text)}" for field in CONDITION_FIELDS if (text := getattr(spec, field))]
    rules = [name for name, value in spec.risk.model_dump().items() if value is not None]
    return "\n".join([*lines, f"sizing: {spec.sizing.kind}", f"risk: {' '.join(rules)}"])


def _blank(expression: str) -> str:
    return _NUMBER.sub("#", "".join(expression.split()))
