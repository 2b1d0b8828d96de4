"""Arguments of a call against what its function accepts."""

import ast
from collections.abc import Callable
from typing import NoReturn, Protocol

from backend.domain.sentiment import ALL_CHANNELS, CHANNELS
from backend.domain.spec import Parameter
from backend.domain.suggestions import did_you_mean
from backend.language.function import MAX_WINDOW, Accepts, Argument, Function
from backend.language.rules import shared
from backend.language.scope import Scope
from backend.language.tree import Call, Kind, Literal, Node, ParameterValue
from backend.language.units import RATIO, Unit

KNOWN_CHANNELS = (*CHANNELS, ALL_CHANNELS)
_VALUES = (Accepts.SERIES, Accepts.VALUE)
_KINDS = {
    Accepts.SERIES: (Kind.SERIES,),
    Accepts.VALUE: (Kind.SERIES, Kind.NUMBER),
    Accepts.CONDITION: (Kind.CONDITION,),
    Accepts.NUMBER: (Kind.NUMBER,),
    Accepts.CHANNEL: (Kind.CHANNEL,),
}
_HINTS = {
    Accepts.SERIES: "give it a column or another function, e.g. close",
    Accepts.VALUE: "give it a series or a number",
    Accepts.CONDITION: "give it a comparison, e.g. close > open",
    Accepts.NUMBER: "give it a number or a parameter, e.g. 2",
    Accepts.CHANNEL: f"give it one of {', '.join(KNOWN_CHANNELS)} in quotes",
}


class Checker(Protocol):
    """What checks the expression that the call is part of."""

    scope: Scope

    def visit(self, node: ast.expr) -> Node: ...

    def refuse(self, node: ast.expr, sentence: str, hint: str) -> NoReturn: ...

    def unit(self, node: ast.expr, rule: Callable[..., Unit], *inputs: object) -> Unit: ...


def check_arguments(checker: Checker, node: ast.Call, function: Function) -> Node:
    """The typed node of a call.

    Raises:
        LanguageError: wrong number of arguments, wrong kinds, a window out of bounds, or units that do not fit.
    """
    wanted = function.arguments
    if len(node.args) != len(wanted):
        number = f"{len(wanted)} argument{'' if len(wanted) == 1 else 's'}"
        checker.refuse(
            node,
            f"{function.name} takes {number}, not {len(node.args)}",
            f"write {function.signature}, e.g. {function.example}",
        )
    pairs = zip(node.args, wanted, strict=True)
    inputs = tuple(_argument(checker, part, argument, function) for part, argument in pairs)
    values = tuple(n for n, argument in zip(inputs, wanted, strict=True) if argument.accepts in _VALUES)
    if values and all(value.kind is Kind.NUMBER for value in values):
        checker.refuse(node, f"{function.name} needs a series among its arguments", f"e.g. {function.example}")
    measured = tuple(value.unit for value in values)
    if function.result is None:
        checker.unit(node, shared, measured)
        return Call(Kind.CONDITION, inputs=inputs, function=function)
    return Call(Kind.SERIES, checker.unit(node, function.result, measured), inputs, function=function)


def _argument(checker: Checker, part: ast.expr, argument: Argument, function: Function) -> Node:
    if argument.accepts is Accepts.WINDOW:
        return _window(checker, part, argument, function)
    node = checker.visit(part)
    if node.kind not in _KINDS[argument.accepts]:
        checker.refuse(
            part,
            f"{argument.name} of {function.signature} must be a {argument.accepts}, but this is a {node.kind}",
            _HINTS[argument.accepts],
        )
    if isinstance(node, Literal) and node.kind is Kind.CHANNEL and node.value not in KNOWN_CHANNELS:
        near = did_you_mean(str(node.value), KNOWN_CHANNELS)
        checker.refuse(part, f'there is no channel "{node.value}"', near or f"channels: {', '.join(KNOWN_CHANNELS)}")
    return node


def _window(checker: Checker, part: ast.expr, argument: Argument, function: Function) -> Node:
    node = checker.visit(part)
    if isinstance(node, ParameterValue):
        _check_parameter(checker, part, checker.scope.parameters[node.name], argument)
        return node
    value = node.value if isinstance(node, Literal) else None
    if not isinstance(value, float) or not value.is_integer() or not argument.low <= value <= MAX_WINDOW:
        checker.refuse(
            part,
            f"{argument.name} of {function.signature} {_fault(value)}",
            f"write a whole number {argument.low}..{MAX_WINDOW}, or an int parameter",
        )
    return Literal(Kind.NUMBER, RATIO, value=value)


def _fault(value: object) -> str:
    if not isinstance(value, float):
        return "must be known before running, but this is an expression"
    return f"is {value:g}" if value >= 0 else "looks back and cannot be negative: the future is not known"


def _check_parameter(checker: Checker, part: ast.expr, parameter: Parameter, argument: Argument) -> None:
    if parameter.kind != "int":
        checker.refuse(
            part, f'the parameter "{parameter.name}" is a float, but {argument.name} counts bars', "make its kind int"
        )
    if parameter.low < argument.low or parameter.high > MAX_WINDOW:
        checker.refuse(
            part,
            f'the parameter "{parameter.name}" counts bars here, but may be {parameter.low:g}..{parameter.high:g}',
            f"set its bounds within {argument.low}..{MAX_WINDOW}",
        )
