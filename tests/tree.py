"""The project's own files, for tests that look at the project as a whole."""

import ast
import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def git(*arguments: str) -> str | None:
    """What git prints about the checkout; None where there is no git or no repository."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        return None
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that belongs to the project, new ones included; what git ignores does not."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed is None:
        found = (path for path in ROOT.rglob("*") if not _is_by_product(path.relative_to(ROOT)))
        return tuple(sorted(path for path in found if path.is_file()))
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def _is_by_product(path: Path) -> bool:
    return any(part in _BY_PRODUCTS or part.endswith("_cache") for part in path.parts)


_BY_PRODUCTS = {".git", ".peers", ".venv", "__pycache__", ".hypothesis", "build", "dist", "node_modules", ".env"}


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """The Python files under the named folders of the project; under all of them when none is named."""
    return tuple(
        path
        for path in project_files()
        if path.suffix == ".py" and (not folders or path.relative_to(ROOT).parts[0] in folders)
    )


@cache
def text_of(path: Path) -> str:
    """The text of a file; empty where it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(text_of(path), filename=str(path))


def place(path: Path, line: int | None = None) -> str:
    """A path inside the project as a person reads it, with its line when there is one."""
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{line}" if line else name
