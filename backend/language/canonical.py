"""The canonical form of a strategy: what it does, free of names, spacing and the order of what may be exchanged."""

from collections.abc import Mapping

from backend.domain.hashing import hash_json
from backend.engine.indicators.arithmetic import scalar
from backend.language.tree import Call, Column, Kind, Literal, Node, Of, Operation, ParameterValue

Values = Mapping[str, float]

_BINDING = {"or": 1, "and": 2, "not": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6}
_SIGN = 7
_ATOM = 8
_MIRRORED = {">": "<", ">=": "<="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def text(node: Node, values: Values) -> str:
    """The expression as it would be written with series written out and parameters replaced by their values."""
    return _written(node, values)[0]


def key(node: Node, values: Values) -> str:
    """The same for all expressions that decide alike: ``a > b`` and ``b < a``, ``x and y`` and ``y and x``."""
    return _key(node, values, negated=False)


def parts(node: Node) -> tuple[Node, ...]:
    """The conditions that a condition joins by ``and``, in the order written; one if it joins none."""
    if isinstance(node, Operation) and node.symbol == "and":
        return tuple(part for side in node.inputs for part in parts(side))
    return (node,)


def hash_of(conditions: Mapping[str, Node], values: Values, rest: Mapping[str, object]) -> str:
    """Hash of the conditions by field, and of whatever else decides about trades."""
    return hash_json({"conditions": {name: key(node, values) for name, node in conditions.items()}, **rest})


def number(node: Node, values: Values) -> float:
    """The value of a node without series in it; NaN when it divides by zero."""
    if isinstance(node, Literal):
        return float(node.value)
    if isinstance(node, ParameterValue):
        return float(values[node.name])
    operands = [number(part, values) for part in node.inputs]
    symbol = node.symbol if isinstance(node, Operation) else ""
    if len(operands) == 1:
        return 0.0 - operands[0]
    return scalar(symbol, operands[0], operands[1])


def written_number(value: float) -> str:
    """Shortest text that gives the same number; whole numbers without a point."""
    if value == 0:
        return "0"
    return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)


def _written(node: Node, values: Values) -> tuple[str, int]:
    """Text and how strongly it binds."""
    if node.kind is Kind.NUMBER:
        value = number(node, values)
        return written_number(value), _ATOM if value >= 0 else _SIGN
    match node:
        case Literal(value=channel):
            return f'"{channel}"', _ATOM
        case Column(name=name):
            return name, _ATOM
        case Call(function=function):
            return f"{function.name}({', '.join(text(part, values) for part in node.inputs)})", _ATOM
        case Of(symbol=symbol):
            return f'of("{symbol}", {text(node.inputs[0], values)})', _ATOM
        case Operation(symbol=symbol):
            return _operation(symbol, node, values)
    raise TypeError(type(node).__name__)


def _operation(symbol: str, node: Node, values: Values) -> tuple[str, int]:
    if len(node.inputs) == 1:
        binding = _BINDING["not"] if symbol == "not" else _SIGN
        sign = "not " if symbol == "not" else "-"
        return sign + _bracketed(node.inputs[0], values, binding), binding
    binding = _BINDING[symbol]
    # On the right a part that binds as strongly needs brackets too: a - (b - c).
    first = _bracketed(node.inputs[0], values, binding)
    others = [_bracketed(part, values, binding + 1) for part in node.inputs[1:]]
    return f" {symbol} ".join([first, *others]), binding


def _bracketed(node: Node, values: Values, binding: int) -> str:
    written, own = _written(node, values)
    return written if own >= binding else f"({written})"


def _key(node: Node, values: Values, *, negated: bool) -> str:
    if node.kind is Kind.NUMBER:
        return written_number(number(node, values))
    if isinstance(node, Of):
        return f'of("{node.symbol}",{_key(node.inputs[0], values, negated=negated)})'
    if not isinstance(node, Operation):
        inner = [_key(part, values, negated=False) for part in node.inputs]
        whole = f"{node.function.name}({','.join(inner)})" if isinstance(node, Call) else text(node, values)
        return f"not({whole})" if negated else whole
    symbol = node.symbol
    if symbol == "not":
        return _key(node.inputs[0], values, negated=not negated)
    if symbol in _OPPOSITE:
        return _comparison_key(_OPPOSITE[symbol] if negated else symbol, node, values)
    if symbol in ("and", "or") and negated:
        symbol = "or" if symbol == "and" else "and"
    inner = _operand_keys(node, values, negated=negated)
    if symbol in ("and", "or"):
        inner = sorted(set(inner))
    elif symbol in ("+", "*"):
        inner = sorted(inner)
    return f"({symbol} {' '.join(inner)})" if len(inner) > 1 or symbol == "-" else inner[0]


def _operand_keys(node: Operation, values: Values, *, negated: bool) -> list[str]:
    """Keys of the operands; ``x and (y and z)`` has the three of ``x and y and z``."""
    found = []
    for part in node.inputs:
        if node.symbol in ("and", "or") and isinstance(part, Operation) and part.symbol == node.symbol:
            found += _operand_keys(part, values, negated=negated)
        else:
            found.append(_key(part, values, negated=negated))
    return found


def _comparison_key(symbol: str, node: Operation, values: Values) -> str:
    left, right = (_key(part, values, negated=False) for part in node.inputs)
    if symbol in _MIRRORED:
        symbol, left, right = _MIRRORED[symbol], right, left
    return f"({symbol} {left} {right})"
