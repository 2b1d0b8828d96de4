"""Commands in hints: marked wherever they stand, and left out or said otherwise elsewhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from backend.domain.commands import said_otherwise, without_commands
from tests.tree import ROOT, parsed, place, python_files

HINT = "leave it out: `--without reddit`; or import a file: `backproof data import posts FILE`; there are: news"
KNOWING = ("cli", "client", "services/reports/page/wording.py", "api/hints.py", "api/auth/required.py")
"""Where commands are meant for the command line, for whoever runs a server, or known by both their names."""
BARE = ("backproof ", "supabase ", "--")
"""With what a text begins that is a command itself."""
NAMED = re.compile(r"\bbackproof [a-z]|(?<!\S)`?--[a-z]")


def texts() -> Iterator[tuple[Path, int, str]]:
    """Every text of the backend that any door may show, without docstrings; what is filled in is an X."""
    for path in python_files("backend"):
        if not path.relative_to(ROOT / "backend").as_posix().startswith(KNOWING):
            for node in _expressions(parsed(path)):
                if isinstance(node, ast.JoinedStr):
                    parts = (part.value if isinstance(part, ast.Constant) else "X" for part in node.values)
                    yield path, node.lineno, "".join(map(str, parts))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield path, node.lineno, node.value


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            yield child
            if not isinstance(child, ast.JoinedStr):
                yield from _expressions(child)


def _named(text: str) -> bool:
    return not text.startswith(BARE) and bool(NAMED.search(without_commands(text)))


def test_the_words_of_a_hint_stay_and_its_commands_go() -> None:
    assert without_commands(HINT) == "leave it out; or import a file; there are: news"
    assert without_commands('did you mean "sma"?') == 'did you mean "sma"?'
    assert said_otherwise(HINT, str.upper).startswith("leave it out: `--WITHOUT REDDIT`; or")


def test_a_text_names_a_command_only_so_that_it_can_be_said_otherwise() -> None:
    wrong = [f"{place(path, line)}: {text}" for path, line, text in texts() if _named(text)]
    assert wrong == []
