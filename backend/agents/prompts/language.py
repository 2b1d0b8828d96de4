"""The reference of the strategy language as a prompt holds it: complete, from the registry, a line a function."""

from functools import lru_cache

from backend.language import language_reference
from backend.language.reference import FunctionEntry


@lru_cache(maxsize=1)
def language_text() -> str:
    """Every column, function, rule and limit; the same text as long as the language is the same."""
    reference = language_reference()
    blocks = [
        _block("Expressions", reference.grammar),
        _block("Columns", tuple(f"{c.name} [{c.unit}]: {c.doc}" for c in reference.columns)),
        _block("Units", reference.units),
        _block("Missing values", reference.missing),
        _block("Functions: name, what it gives, what it means, example, bars to warm up", _functions()),
        _block("Limits", reference.limits),
    ]
    return "\n\n".join(blocks)


def _functions() -> tuple[str, ...]:
    return tuple(_line(entry) for entry in language_reference().functions)


def _line(entry: FunctionEntry) -> str:
    given = entry.unit or entry.result
    return f"{entry.signature} [{given}] {entry.doc} E.g. {entry.example}; warm-up {entry.warmup}"


def _block(title: str, lines: tuple[str, ...]) -> str:
    return "\n".join([f"## {title}", *(f"- {line}" for line in lines)])
