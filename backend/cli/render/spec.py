"""A strategy as readable text, and what it is traded with."""

from rich.console import Group, RenderableType
from rich.text import Text

from backend.cli.render.format import money, number, percent
from backend.cli.render.tables import facts
from backend.domain.execution import Costs, Execution
from backend.domain.spec import CONDITION_FIELDS, Parameter, Risk, Rotation, Sizing, StrategySpec

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
    rows += [("rotation", rotation_text(spec.rotation))] if spec.rotation else []
    rows += [("size", sizing_text(spec.sizing))]
    rows += [("exits", risk_text(spec.risk))] if risk_text(spec.risk) else []
    head = [Text(spec.name, style="bold")]
    head += [Text(spec.rationale, style="italic")] if spec.rationale else []
    return Group(*head, facts(rows))


def rotation_text(rotation: Rotation) -> str:
    """Which symbols are held, and how often they are chosen."""
    often = "at every bar" if rotation.every == 1 else f"every {rotation.every} bars"
    return f"the best {rotation.top} by {rotation.rank}, chosen {often}"


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


def terms_rows(execution: Execution) -> list[tuple[str, str]]:
    """What was traded with, by name: costs, and what differs from the usual."""
    rates = [f"{name} {rate * 100:g} % a year" for name, rate in _rates(execution) if rate]
    rows = [("costs", costs_text(execution.costs))]
    rows += [("rates", ", ".join(rates))] if rates else []
    rows += [("positions", f"at most {execution.max_positions} at the same time")] if execution.max_positions else []
    rows += [("shares", "whole ones at the raw price")] if execution.whole_shares else []
    return rows


def _rates(execution: Execution) -> tuple[tuple[str, float], ...]:
    return ("interest", execution.interest_rate), ("borrowing", execution.borrow_rate)


def costs_text(costs: Costs) -> str:
    """What trading costs a side, in percent of the traded value and perhaps in money an order."""
    fixed = f" + {money(costs.commission_fixed)} an order" if costs.commission_fixed else ""
    return f"commission {costs.commission_rate * 100:g} %{fixed} + slippage {costs.slippage * 100:g} % a side"


def _parameter(parameter: Parameter) -> str:
    return f"= {number(parameter.value)} (within {number(parameter.low)} to {number(parameter.high)})"
