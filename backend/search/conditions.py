"""Takes conditions apart at their outermost ``and`` and puts them together again, keeping the text of each part."""

import ast
from collections.abc import Sequence

from backend.domain.spec import CONDITION_FIELDS, Series, StrategySpec

ENTRIES = ("long_entry", "short_entry")
EXITS = ("long_exit", "short_exit")


def and_parts(condition: str) -> tuple[str, ...]:
    """The parts that must all hold; a condition without ``and`` is its own only part."""
    tree = ast.parse(condition.strip(), mode="eval").body
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        return tuple(_source(condition, part) for part in tree.values)
    return (condition.strip(),)


def or_parts(condition: str) -> tuple[str, ...]:
    """The parts of which one must hold."""
    tree = ast.parse(condition.strip(), mode="eval").body
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.Or):
        return tuple(_source(condition, part) for part in tree.values)
    return (condition.strip(),)


def join_and(parts: Sequence[str]) -> str:
    """One condition of all parts, with brackets only where they are needed."""
    return " and ".join(_bracketed(part) for part in parts) if len(parts) > 1 else parts[0]


def names_in(expression: str) -> frozenset[str]:
    """Every name that an expression uses: columns, functions, parameters and series."""
    return frozenset(
        node.id for node in ast.walk(ast.parse(expression.strip(), mode="eval")) if isinstance(node, ast.Name)
    )


def pruned(spec: StrategySpec) -> StrategySpec:
    """The strategy without the series and parameters that nothing uses any more."""
    needed = set().union(*(names_in(text) for field in CONDITION_FIELDS if (text := getattr(spec, field))))
    series: list[Series] = []
    for line in reversed(spec.series):
        if line.name in needed:
            series.insert(0, line)
            needed |= names_in(line.expression)
    parameters = tuple(p for p in spec.parameters if p.name in needed)
    return spec.model_copy(update={"series": tuple(series), "parameters": parameters})


def reads_sentiment(expression: str, spec: StrategySpec) -> bool:
    """Whether an expression of ``spec`` reads sentiment or post counts, directly or through a series."""
    lines = {line.name: line.expression for line in spec.series}
    waiting, seen = [expression], set[str]()
    while waiting:
        names = names_in(waiting.pop())
        if names & SENTIMENT_FUNCTIONS:
            return True
        waiting += [lines[name] for name in sorted(names & lines.keys() - seen)]
        seen |= names
    return False


SENTIMENT_FUNCTIONS = frozenset({"sentiment", "sentiment_std", "post_count", "attention"})


def _source(condition: str, part: ast.expr) -> str:
    return ast.get_source_segment(condition.strip(), part) or ast.unparse(part)


def _bracketed(part: str) -> str:
    return f"({part})" if len(or_parts(part)) > 1 else part
