"""The import contracts hold, and each of them reports a violation when there is one."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.tree import ROOT

CONTRACTS: dict[str, dict[str, Any]] = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
LAYERS: list[str] = CONTRACTS["layers"]["layers"]
PARTS = {path.stem for path in (ROOT / "backend").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
"""The packages and modules right under ``backend``."""

VIOLATIONS: dict[str, tuple[str, dict[str, str]]] = {
    "an adapter knows another": ("layers", {"stores/planted.py": "import backend.providers"}),
    "a part belongs to no layer": ("layers", {"planted.py": ""}),
    "a tool reads the store": ("ports", {"tools/planted.py": "import backend.stores"}),
    "the engine reads the clock": ("pure", {"engine/planted.py": "import time"}),
    "a search draws unseeded numbers": ("pure", {"search/planted.py": "def draw():\n    from random import random"}),
    "a service runs a graph": ("agents", {"services/planted.py": "import langgraph.graph"}),
    "a service reads settings": ("settings", {"services/planted.py": "from backend.settings import Settings"}),
    "a service knows HTTP": ("doors", {"services/planted.py": "from starlette.requests import Request"}),
    "a store asks Redis": ("queue", {"stores/planted.py": "import redis"}),
    "the client computes": ("client", {"client/planted.py": "import backend.services.documents"}),
    "prices ask for posts": ("sources", {"providers/prices/planted.py": "import backend.providers.posts"}),
    "two modules need each other": (
        "cycles",
        {
            "engine/planted_one.py": "import backend.engine.planted_two",
            "engine/planted_two.py": "import backend.engine.planted_one",
        },
    ),
}
"""Contract and files by what is wrong; each violation breaks that contract and no other."""


def broken_contracts(tree: Path) -> set[str]:
    """The ids of the contracts that the linter reports as broken in a tree that holds ``backend``."""
    linter = Path(sys.executable).with_name("lint-imports")
    command = [str(linter), "--no-cache", "--no-logo"]
    run = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    verdicts = dict(re.findall(r"^(.+) (KEPT|BROKEN)(?: \(.*\))?$", run.stdout, re.M))
    assert set(verdicts) == {contract["name"] for contract in CONTRACTS.values()}, run.stdout + run.stderr
    assert run.returncode == int("BROKEN" in verdicts.values())
    return {id for id, contract in CONTRACTS.items() if verdicts[contract["name"]] == "BROKEN"}


def test_every_contract_holds() -> None:
    assert broken_contracts(ROOT) == set()


def test_each_contract_has_a_planted_violation() -> None:
    assert {contract for contract, _ in VIOLATIONS.values()} == set(CONTRACTS)


@pytest.mark.parametrize("wrong", VIOLATIONS)
def test_a_violation_is_reported(wrong: str, tmp_path: Path) -> None:
    contract, files = VIOLATIONS[wrong]
    shutil.copytree(ROOT / "backend", tmp_path / "backend", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, source in files.items():
        (tmp_path / "backend" / name).write_text(f'"""Planted."""\n\n{source}\n')
    assert broken_contracts(tmp_path) == {contract}


def test_brackets_mark_exactly_the_parts_that_are_yet_to_come() -> None:
    listed = {part.strip() for layer in LAYERS for part in layer.split("|")}
    assert {part for part in listed if not part.startswith("(")} == PARTS - {"__init__"}


def test_the_lists_of_the_contracts_are_complete() -> None:
    """A new part of the backend has to be taken up by every contract that concerns it."""
    parts = PARTS - {"__init__"}
    assert names("ports", "forbidden_modules") == parts & {"stores", "providers", "jobs"}
    assert names("agents", "source_modules") == parts - {"agents", "tools"}
    assert names("doors", "source_modules") == parts - {"api", "client"}
    assert names("queue", "source_modules") == parts - {"jobs"}
    assert names("client", "forbidden_modules") & parts == parts - {"api", "client", "domain"}
    assert names("settings", "allowed_importers") == parts & {"bootstrap", "api", "cli", "worker", "mcp"}


def names(contract: str, option: str) -> set[str]:
    return {module.removeprefix("backend.") for module in CONTRACTS[contract][option]}


def test_the_architecture_page_shows_these_layers() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    shown = re.search(r"```layers\n(.*?)```", page, re.S)
    assert shown is not None
    lines = [re.split(r"\s{2,}", line)[0].strip() for line in shown[1].splitlines()]
    assert lines == LAYERS
