"""The language: whether an expression can be used, and what a function does."""

from typing import TYPE_CHECKING, Literal

from backend.domain.record import Record
from backend.domain.suggestions import did_you_mean
from backend.language import LanguageError, compile_expression, language_reference
from backend.tools.workbench import Workbench

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool

NAME = "language"
DESCRIPTION = "Checks one expression (numbers in place of parameters), or tells what a function does."


class Question(Record):
    """An expression to check, or the name of a function."""

    kind: Literal["expression", "function"]
    text: str


def tool(_: Workbench) -> "StructuredTool":
    """The tool; it is the same in every session."""
    from langchain_core.tools import StructuredTool

    def ask(kind: Literal["expression", "function"], text: str) -> str:
        return check_expression(text) if kind == "expression" else look_up(text)

    return StructuredTool.from_function(ask, name=NAME, description=DESCRIPTION, args_schema=Question)


def check_expression(text: str) -> str:
    """``ok`` with the bars that it needs to warm up, or what is wrong with a caret below the place."""
    try:
        compiled = compile_expression(text)
    except LanguageError as error:
        return str(error)
    return f"ok: a {compiled.node.kind}, warm-up {compiled.warmup} bars"


def look_up(name: str) -> str:
    """What a function takes, gives and means, or the names that resemble it."""
    known = {entry.name: entry for entry in language_reference().functions}
    entry = known.get(name.strip().partition("(")[0])
    if entry is None:
        return f"There is no such function; {did_you_mean(name, known) or 'functions are ' + ', '.join(known)}"
    given = entry.unit or entry.result
    rest = f"e.g. {entry.example}; warm-up {entry.warmup} bars; {entry.missing}"
    return f"{entry.signature} [{given}] {entry.doc} {rest}"
