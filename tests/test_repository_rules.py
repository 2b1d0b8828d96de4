"""Rules of the house that a machine can hold, read off the files themselves."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from tests.tree import ROOT, git, parsed, place, project_files, python_files, text_of

LONGEST_FILE, LONGEST_FUNCTION, LONGEST_SUBJECT = 350, 45, 60
LARGEST_TABLE = 50_000
"""Bytes of a table of numbers that may be committed: golden figures, not market data."""

PURE = ("domain", "language", "engine", "proof", "search")
TEST_ONLY_FOLDERS = {"adversarial", "benchmarks", "contract", "faults", "golden", "llm_sessions", "servers"}
TEST_ONLY_FOLDERS |= {"backtests", "bots", "data"}
"""Folders that mirror no package of the backend: attacks, measurements, suites, faults, numbers, sessions, servers, and
nouns of the HTTP API whose tests share what they look at."""

# the brackets keep each pattern from matching itself
UNFINISHED = re.compile(
    r"\b(TO[D]O|FIX[M]E|XX[X]|HAC[K]|Not[I]mplementedError|not[ ]implemented|coming[ ]soon|place[h]older)\b", re.I
)
MOCKS = re.compile(r"\b(mock[.]patch|Magic[M]ock|Async[M]ock|mocker[.]|unittest[.]mock)")
MACHINE_PATHS = re.compile(r"(?<![\w.~$})/-])/(?:work|root|home|Users|opt|mnt)/[\w.-]")
ELSEWHERE = re.compile(
    r"\b(work[p]lace|house_[c]heck|before-[s]top)\b|shared/(?:design|tools|hooks|reference)\b|\bissues? #?\d", re.I
)
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "misc", "manager", "managers"}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(parsed(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def matching_lines(pattern: re.Pattern[str], files: tuple[Path, ...]) -> list[str]:
    return [
        f"{place(path, number)}: {line.strip()[:80]}"
        for path in files
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]


def test_the_tree_is_seen() -> None:
    """The other tests say something only if there are files to look at."""
    assert len(python_files("backend")) > 20
    assert ROOT / "pyproject.toml" in project_files()


def test_each_module_says_in_one_sentence_what_it_is_for() -> None:
    def says_it(path: Path) -> bool:
        first = (ast.get_docstring(parsed(path)) or "").split("\n\n")[0]
        return first.endswith((".", ":")) and not re.search(r"[.!?]\s+[A-Z]", first)

    modules = [path for path in python_files() if text_of(path).strip()]
    assert [place(path) for path in modules if not says_it(path)] == []


def test_files_are_short() -> None:
    long = [place(path) for path in python_files() if len(text_of(path).splitlines()) > LONGEST_FILE]
    assert long == []


def test_functions_are_short() -> None:
    long = [
        f"{place(path, function.lineno)} {function.name}"
        for path in python_files("backend", "benchmarks")
        for function in functions(path)
        if (function.end_lineno or function.lineno) - function.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_errors_are_caught_by_name() -> None:
    def is_broad(caught: ast.expr | None) -> bool:
        names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
        return any(
            name is None or (isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"}) for name in names
        )

    broad = [
        place(path, node.lineno)
        for path in python_files()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler) and is_broad(node.type)
    ]
    assert broad == []


def test_names_say_what_a_module_is_about() -> None:
    vague = [
        place(path)
        for path in python_files("backend", "benchmarks")
        if VAGUE_NAMES & {path.stem, *path.relative_to(ROOT).parts[:-1]}
    ]
    assert vague == []


def test_the_pure_layers_are_handed_clock_and_chance() -> None:
    def asks_the_machine(call: ast.Call) -> bool:
        name = ast.unparse(call.func)
        last = name.rpartition(".")[2]
        if last in {"now", "utcnow", "today"} or name == "hash":
            return True
        return last == "default_rng" and not call.args

    files = [path for path in python_files("backend") if path.relative_to(ROOT).parts[1] in PURE]
    asked = [
        f"{place(path, node.lineno)} {ast.unparse(node.func)}"
        for path in files
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and asks_the_machine(node)
    ]
    assert asked == []


def test_the_hold_out_is_opened_in_one_place() -> None:
    opened = matching_lines(re.compile(r"\bsealed\w*\.open\("), python_files("backend"))
    assert [line.partition(":")[0] for line in opened] == ["backend/services/conclusions.py"]


def test_nothing_is_left_unfinished() -> None:
    written = tuple(
        path for path in project_files() if path.suffix in {".py", ".ts", ".tsx", ".sh", ".toml", ".md", ""}
    )
    assert matching_lines(UNFINISHED, written) == []


def test_tests_use_real_parts() -> None:
    assert matching_lines(MOCKS, python_files("tests")) == []


def test_no_path_of_one_machine_is_named() -> None:
    assert matching_lines(MACHINE_PATHS, project_files()) == []


def test_the_project_speaks_of_itself_alone() -> None:
    assert matching_lines(ELSEWHERE, project_files()) == []


def test_no_market_data_is_committed() -> None:
    def is_data(path: Path) -> bool:
        if path.suffix in {".parquet", ".gz", ".zip", ".zst", ".db", ".sqlite", ".npz", ".npy", ".pickle"}:
            return True
        return path.suffix in {".csv", ".tsv", ".jsonl"} and path.stat().st_size > LARGEST_TABLE

    assert [place(path) for path in project_files() if is_data(path)] == []


def test_each_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in python_files("tests")}
    assert [place(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_each_package_has_its_module_sentence() -> None:
    folders = {path.parent for path in python_files("backend")}
    assert [place(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_tests_mirror_the_backend() -> None:
    folders = {path.parent.relative_to(ROOT / "tests") for path in python_files("tests")}
    strangers = [
        folder.as_posix()
        for folder in sorted(folders)
        if not (ROOT / "backend" / folder).is_dir() and not TEST_ONLY_FOLDERS & set(folder.parts)
    ]
    assert strangers == []


def test_each_test_checks_something() -> None:
    words = ("assert", "raises", "check", "expect", "verify", "warns", "compare", "require")

    def checks(test: ast.AST) -> bool:
        return any(
            isinstance(node, ast.Assert)
            or (isinstance(node, ast.Call) and any(word in ast.unparse(node.func).lower() for word in words))
            for node in ast.walk(test)
        )

    idle = [
        f"{place(path, test.lineno)} {test.name}"
        for path in python_files("tests")
        for test in functions(path)
        if test.name.startswith("test_") and not checks(test)
    ]
    assert idle == []


def test_subjects_of_commits_are_short() -> None:
    subjects = (git("log", "--format=%s") or "").splitlines()
    assert [subject for subject in subjects if len(subject) > LONGEST_SUBJECT] == []


LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)")


@pytest.mark.parametrize("page", [p for p in project_files() if p.suffix == ".md"], ids=place)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(text_of(page))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_paths_named_in_the_pages_exist() -> None:
    """A page that names ``backend/...`` or ``tests/...`` in code type names something that is there."""
    named = re.compile(r"`((?:backend|tests|docs|benchmarks|scripts)/[\w./-]+)`")
    pages = [path for path in project_files() if path.suffix == ".md" and path.name != "CHANGELOG.md"]
    found = chain.from_iterable(((page, name) for name in named.findall(text_of(page))) for page in pages)
    assert [f"{place(page)}: {name}" for page, name in found if not (ROOT / name).exists()] == []
