"""What the report says in words: the strategy, what it was traded with, and how to run it again."""

import json
import shlex

from backend.domain.execution import Costs, Execution
from backend.domain.results import BacktestRun
from backend.domain.spec import CONDITION_FIELDS, StrategySpec
from backend.services.reports.page.formats import number, percent

SIZING = {
    "fraction": "{} of {}",
    "volatility_target": "aims at a yearly volatility of {} on {}",
    "risk_per_trade": "risks {} of {} at the stop",
}

SPEC_FILE = "strategy.json"
"""How the command calls the file that the reader saves the strategy in."""


def strategy_lines(spec: StrategySpec, symbols: int = 1) -> list[tuple[str, str]]:
    """Name and text of each part of a strategy that there is, in the order in which it is read.

    Args:
        spec: the strategy.
        symbols: how many it trades; several share the equity.
    """
    base = "the equity" if symbols == 1 else "its share of the equity"
    lines = [(p.name, f"{p.value:g} (within {p.low:g} to {p.high:g})") for p in spec.parameters]
    lines += [(series.name, series.expression) for series in spec.series]
    if spec.rotation is not None:
        rotation = spec.rotation
        lines.append(("rotation", f"the top {rotation.top} by {rotation.rank}, chosen every {rotation.every} bars"))
    stated = {name: getattr(spec, name) for name in CONDITION_FIELDS}
    lines += [(name.replace("_", " "), text) for name, text in stated.items() if text]
    lines.append(("size", SIZING[spec.sizing.kind].format(percent(spec.sizing.value), base)))
    exits = exit_text(spec)
    return [*lines, ("exits", exits)] if exits else lines


def exit_text(spec: StrategySpec) -> str:
    """The exits that need no expression; empty when there is none."""
    risk = spec.risk
    stated = (
        ("stop loss", risk.stop_loss),
        ("take profit", risk.take_profit),
        ("trailing stop", risk.trailing_stop),
    )
    parts = [f"{label} {percent(value)}" for label, value in stated if value is not None]
    parts += [f"after {risk.max_holding_bars} bars"] if risk.max_holding_bars is not None else []
    return ", ".join(parts)


def costs_text(costs: Costs) -> str:
    """What trading cost, in percent of the traded value."""
    fixed = f", {number(costs.commission_fixed)} per order" if costs.commission_fixed else ""
    return f"{costs.commission_rate * 100:g} % commission and {costs.slippage * 100:g} % slippage a side{fixed}"


def command_line(run: BacktestRun) -> str:
    """The command that runs the same strategy on the same symbols, period and terms."""
    words = ["backproof", "backtest", "run", "--spec", SPEC_FILE, "--symbols", ",".join(run.symbols)]
    words += ["--start", run.start.isoformat(), "--end", run.end.isoformat(), "--timeframe", run.timeframe.value]
    return shlex.join([*words, *_terms(run.execution)])


def spec_document(spec: StrategySpec) -> str:
    """The strategy as the file that ``--spec`` reads."""
    return json.dumps(spec.model_dump(mode="json", exclude_defaults=True), indent=2, ensure_ascii=False)


def _terms(execution: Execution) -> list[str]:
    """Costs and capital always, the rest where it is not usual."""
    costs, usual = execution.costs, Execution()
    stated: dict[str, object] = {
        "--capital": execution.capital,
        "--commission": costs.commission_rate,
        "--slippage": costs.slippage,
    }
    others = {
        "--commission-fixed": (costs.commission_fixed, usual.costs.commission_fixed),
        "--profile": (execution.profile, usual.profile),
        "--borrow-rate": (execution.borrow_rate, usual.borrow_rate),
        "--interest-rate": (execution.interest_rate, usual.interest_rate),
        "--max-positions": (execution.max_positions, usual.max_positions),
    }
    stated |= {option: value for option, (value, default) in others.items() if value != default}
    words = [word for option, value in stated.items() for word in (option, _written(value))]
    return [*words, "--whole-shares"] if execution.whole_shares else words


def _written(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)
