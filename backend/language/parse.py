"""Text to Python's syntax tree, within limits that are checked before parsing."""

import ast
import re
from functools import lru_cache

from backend.language.errors import LanguageError, Spot

MAX_LENGTH = 400
"""Characters of an expression."""
MAX_NODES = 120
"""Parts of an expression."""
MAX_DEPTH = 20
"""Levels of an expression."""

_FORBIDDEN = re.compile(r"[^\x20-\x7e\t\r\n]|[#\\;{}]")
_GLUED = re.compile(r"(?<![\w.\"'])(?:\d[\d_]*+\.?+[\d_]*+|\.\d[\d_]*+)(?:[eE][+-]?\d+)?+[A-Za-z_]")
_NESTING = re.compile(r"[()\[\]]|\"[^\"]*\"|'[^']*'")
_PREFIXES = re.compile(rf"(?:(?:[-+~]|\bnot\b)\s*){{{MAX_DEPTH},}}")


def parse(text: str, where: str) -> ast.expr:
    """Parse one expression.

    Args:
        text: the expression as it was written.
        where: field or name of the series, for messages.

    Returns:
        The syntax tree, not to be changed; positions in it count characters of ``cleaned(text)``.

    Raises:
        LanguageError: too long, too deep, not plain ASCII, or not the syntax of an expression.
    """
    if len(text) > MAX_LENGTH:
        raise LanguageError(
            f"the expression has {len(text)} characters; {MAX_LENGTH} are allowed",
            "move parts of it into named series",
            _end_of_allowed(text, where),
        )
    expression = cleaned(text)
    if not expression:
        raise LanguageError("the expression is empty", "write a condition, e.g. close > sma(close, 50)", Spot(where))
    _check_characters(expression, where)
    _check_nesting(expression, where)
    try:
        return _tree(expression)
    except SyntaxError as error:
        raise _syntax_error(error, expression, where) from None
    except (MemoryError, RecursionError, ValueError):
        raise _too_deep(Spot(where, expression)) from None


@lru_cache(maxsize=1024)
def _tree(expression: str) -> ast.expr:
    """The tree of an expression; kept, as a strategy is compiled anew wherever it is hashed, shown or run."""
    return ast.parse(expression, mode="eval").body


def cleaned(text: str) -> str:
    """One line without surrounding blanks: what positions in messages refer to."""
    return re.sub(r"[\t\r\n]", " ", text).strip(" ")


def _end_of_allowed(text: str, where: str) -> Spot:
    """The first character that is too many; only a stretch around it is kept, and nothing that steers a terminal."""
    shown = re.sub(r"[^\x20-\x7e]", "?", text[: 2 * MAX_LENGTH])
    return Spot(where, shown, MAX_LENGTH, len(shown) - MAX_LENGTH)


def _check_characters(expression: str, where: str) -> None:
    found = _FORBIDDEN.search(expression)
    if found:
        sign = found.group()
        raise LanguageError(
            f"the character {sign!a} is not part of the language",
            "write plain ASCII: letters, digits, _ . , ( ) + - * / < > = and quotes around channels",
            Spot(where, expression, found.start()),
        )
    glued = _GLUED.search(expression)
    if glued:
        raise LanguageError(
            "a number runs into a word",
            "write decimal numbers such as 20, 0.5 or 1e-3, with a blank before the next word",
            Spot(where, expression, glued.start(), len(glued.group())),
        )


def _check_nesting(expression: str, where: str) -> None:
    open_brackets = 0
    for found in _NESTING.finditer(expression):
        open_brackets += {"(": 1, "[": 1, ")": -1, "]": -1}.get(found.group(), 0)
        if open_brackets > MAX_DEPTH:
            raise _too_deep(Spot(where, expression, found.start()))
    chain = _PREFIXES.search(expression)
    if chain:
        raise _too_deep(Spot(where, expression, chain.start()))


def _too_deep(spot: Spot) -> LanguageError:
    hint = "move inner parts into named series"
    return LanguageError(f"the expression is nested more than {MAX_DEPTH} levels deep", hint, spot)


def _syntax_error(error: SyntaxError, expression: str, where: str) -> LanguageError:
    position = min(error.offset - 1, len(expression)) if error.offset else len(expression)
    spot = Spot(where, expression, position)
    if re.search(r"(?<![<>=!:])=(?!=)", expression) or ":=" in expression:
        return LanguageError(
            "there is no = in the language", "arguments go by position, and comparisons are < <= > >=", spot
        )
    if re.search(r"&|\||!(?!=)|\?", expression):
        return LanguageError("this is not an operator of the language", "write and, or, not", spot)
    reason = error.msg.rstrip(".?").replace(". Perhaps", ", perhaps")
    return LanguageError(
        f"this is not a complete expression ({reason})",
        "expected Python syntax, e.g. close > sma(close, 50) and rsi(close, 14) < 70",
        spot,
    )
