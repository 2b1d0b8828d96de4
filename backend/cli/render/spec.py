"""A strategy as readable text, and what it is traded with."""

from rich.console import Group, RenderableType
from rich.text import Text

from backend.cli.render.format import number, percent
from backend.cli.render.tables import facts
from backend.domain.execution import Costs
from backend.domain.spec import CONDITION_FIELDS, Parameter, Risk, Sizing, StrategySpec

SIZING = {
    "fraction": "{} of equity",
    "volatility_target": "aims at a yearly volatility of {}",
    "risk_per_trade": "risks {} of equity at the stop",
}


def spec_view(spec: StrategySpec) -> RenderableType:
    """Name and reason, then numbers, lines, conditions, size and exits, each only if there is one."""
    rows = [(parameter.name, _parameter(parameter)) for parameter in spec.parameters]
    rows += [(series.name, f"= {series.expression}") for series in spec.series]
    rows += [(name.replace("_", " "), getattr(spec, name)) for name in CONDITION_FIELDS if getattr(spec, name)]
    rows += [("size", sizing_text(spec.sizing))]
    rows += [("exits", risk_text(spec.risk))] if risk_text(spec.risk) else []
    head = [Text(spec.name, style="bold")]
    head += [Text(spec.rationale, style="italic")] if spec.rationale else []
    return Group(*head, facts(rows))


def sizing_text(sizing: Sizing) -> str:
    """How large a position is."""
    return SIZING[sizing.kind].format(percent(sizing.value))


def risk_text(risk: Risk) -> str:
    """The exits that need no expression; empty when there is none."""
    parts = [
        f"{label} {percent(value)}"
        for label, value in (
            ("stop loss", risk.stop_loss),
            ("take profit", risk.take_profit),
            ("trailing stop", risk.trailing_stop),
        )
        if value is not None
    ]
    parts += [f"after {risk.max_holding_bars} bars"] if risk.max_holding_bars is not None else []
    return ", ".join(parts)


def costs_text(costs: Costs) -> str:
    """What trading costs a side, in percent of the traded value."""
    return f"commission {costs.commission_rate * 100:g} % + slippage {costs.slippage * 100:g} % a side"


def _parameter(parameter: Parameter) -> str:
    return f"= {number(parameter.value)} (within {number(parameter.low)} to {number(parameter.high)})"
