"""Moves the threshold of a comparison to the side on which it is true more often."""

import ast
from collections.abc import Mapping

from backend.domain.spec import Parameter, StrategySpec


def loosened(spec: StrategySpec, condition: str) -> StrategySpec | None:
    """The strategy with the parameters of a comparison's right side moved halfway to their permissive bound.

    The range of such a parameter is cut to the permissive half, so tuning cannot undo it.

    Returns:
        None when the condition is no comparison with a threshold made of parameters and numbers alone.
    """
    tree = ast.parse(condition, mode="eval").body
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        return None
    threshold, rising = tree.comparators[0], isinstance(tree.ops[0], ast.Lt | ast.LtE)
    values = {p.name: p.value for p in spec.parameters}
    moved = {p.name: _moved(p, threshold, values, rising) for p in spec.parameters if p.kind == "float"}
    changed = spec.model_copy(update={"parameters": tuple(moved.get(p.name, p) for p in spec.parameters)})
    return changed if changed != spec else None


def _moved(parameter: Parameter, threshold: ast.expr, values: Mapping[str, float], rising: bool) -> Parameter:
    at_low = _evaluate(threshold, {**values, parameter.name: parameter.low})
    at_high = _evaluate(threshold, {**values, parameter.name: parameter.high})
    if at_low is None or at_high is None or at_low == at_high:
        return parameter
    permissive_is_high = (at_high > at_low) == rising
    bound = parameter.high if permissive_is_high else parameter.low
    value = float(f"{(parameter.value + bound) / 2:.3g}")
    kept = {"low": value} if permissive_is_high else {"high": value}
    return parameter.model_copy(update={"value": value, **kept})


def _evaluate(node: ast.expr, values: Mapping[str, float]) -> float | None:
    """The value of plain arithmetic over numbers and parameters; None for anything else."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return values.get(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _evaluate(operand, values)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as operation, right=right):
            first, second = _evaluate(left, values), _evaluate(right, values)
            if first is None or second is None:
                return None
            return first + second if isinstance(operation, ast.Add) else first - second
        case _:
            return None
