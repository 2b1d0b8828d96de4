"""What an installation brings: pinned, locked, freely licensed, complete."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from backend import __version__
from backend.stores.sql.upgrades import server_steps
from tests.tree import ROOT, parsed, place, project_files, python_files, text_of

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
PINS = [
    *PROJECT["project"]["dependencies"],
    *PROJECT["build-system"]["requires"],
    *(p for e in EXTRAS.values() for p in e),
]
LOCK = (ROOT / "requirements.lock").read_text()
LOCKED: dict[str, str] = {
    name: version
    for name, version, marker in re.findall(r"^([\w.-]+)==([\w.]+)(?: ; ([^\\\n]+))?", LOCK, re.M)
    if not marker or Marker(marker).evaluate()
}
"""Versions by name, as they are installed on this Python."""

REFUSED = re.compile(r"(?<![A-Z])A?GPL|SSPL|Affero|(?<!Lesser )General Public|Server Side Public|Commons Clause", re.I)
"""Licences that would bind those who use Backproof; the lesser GPL does not."""


@cache
def installed_at_run_time() -> dict[str, Distribution]:
    """Every distribution that a base installation needs, by name."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found and not requirement.extras:
            continue
        found[name] = distribution(name)
        wanted = [Requirement(line) for line in found[name].requires or ()]
        waiting += [need for need in wanted if is_due(need, requirement.extras)]
    return found


def is_due(need: Requirement, extras: set[str]) -> bool:
    return need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras or {""})


def licences(package: Distribution) -> list[str]:
    """The licences to choose from, as the package states them."""
    metadata = package.metadata
    classifiers = [line for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")]
    stated = metadata.get_all("License-Expression") or classifiers or metadata.get_all("License") or []
    return re.split(r"\s+OR\s+", "; ".join(stated))


def test_every_version_is_pinned_and_locked() -> None:
    pins = {canonicalize_name(Requirement(pin).name): str(Requirement(pin).specifier) for pin in PINS}
    assert pins == {name: f"=={LOCKED.get(name)}" for name in pins}


def test_every_locked_version_has_its_hashes() -> None:
    blocks = re.split(r"\n(?=\S)", LOCK.strip())
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert len(blocks) >= len(LOCKED) > 50


def test_locks_name_no_addresses() -> None:
    locks = [path for path in project_files() if path.name in {"requirements.lock", "package-lock.json", "pylock.toml"}]
    address = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|\"resolved\"")
    assert [place(path) for path in locks if address.search(text_of(path))] == []
    assert [place(path) for path in project_files() if path.name == "uv.lock"] == []


def test_what_is_imported_is_declared() -> None:
    """A package that only came along with another may leave with it."""
    base: list[str] = PROJECT["project"]["dependencies"]
    queue = {path for path in python_files("backend") if path.is_relative_to(ROOT / "backend" / "jobs")}
    assert undeclared(set(python_files("backend")) - queue, base) == []
    assert undeclared(queue, [*base, *EXTRAS["scale"]]) == []


def undeclared(files: Iterable[Path], requirements: Iterable[str]) -> list[str]:
    """What these files import, and these requirements do not name."""
    declared = {canonicalize_name(Requirement(line).name) for line in requirements}
    bringing = packages_distributions()
    imported = {
        name.partition(".")[0] for path in files for node in ast.walk(parsed(path)) for name in imported_names(node)
    }
    foreign = imported - set(sys.stdlib_module_names) - {"backend"}
    return [name for name in sorted(foreign) if not declared & set(map(canonicalize_name, bringing.get(name, [])))]


def imported_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_what_runs_is_locked() -> None:
    unlocked = {
        name: package.version
        for name, package in installed_at_run_time().items()
        if LOCKED.get(name) != package.version
    }
    assert unlocked == {}


def test_what_runs_is_freely_licensed() -> None:
    stated = {name: licences(package) for name, package in installed_at_run_time().items()}
    assert [name for name, choices in stated.items() if not any(choices)] == []
    assert {name: choices for name, choices in stated.items() if all(map(REFUSED.search, choices))} == {}


@pytest.mark.parametrize(
    ("stated", "refused"),
    [
        ("GPL-3.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("License :: OSI Approved :: GNU Affero General Public License v3", True),
        ("Apache 2.0 with Commons Clause", True),
        ("LGPL-2.1-only", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("BSD-3-Clause", False),
    ],
)
def test_the_licence_rule_knows_its_words(stated: str, *, refused: bool) -> None:
    assert bool(REFUSED.search(stated)) == refused


def test_what_runs_leaves_out_the_heavy_science() -> None:
    assert {"scipy", "matplotlib", "torch", "pytest"} & set(installed_at_run_time()) == set()


def test_the_version_is_the_same_everywhere() -> None:
    assert PROJECT["project"]["version"] == __version__


PACKED_STEPS = "backend/stores/sql/upgrades/postgresql"
"""Where an installed package has the steps of PostgreSQL's schema."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the tree, with the tools of the environment and no network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return next(folder.glob("backproof-*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_the_whole_backend_and_nothing_else(wheel: Path) -> None:
    ours = {place(path) for path in project_files() if path.is_relative_to(ROOT / "backend")}
    ours |= {f"{PACKED_STEPS}/{path.name}" for path in (ROOT / "supabase" / "migrations").glob("*.sql")}
    packed = set(ZipFile(wheel).namelist())
    assert {name for name in packed if ".dist-info/" not in name} == ours
    assert {Path(name).name for name in packed if "/licenses/" in name} == {"LICENSE", "NOTICE"}


@pytest.mark.slow
def test_the_wheel_runs_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(wheel, tmp_path / "site", "zip")
    alone = {"PYTHONPATH": str(tmp_path / "site"), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "backend.cli", "language"]
    run = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert "sma" in run.stdout
    listed = "from backend.stores.sql.upgrades import server_steps; print([step.number for step in server_steps()])"
    run = subprocess.run(
        [sys.executable, "-c", listed], cwd=tmp_path, env=alone, capture_output=True, text=True, check=True
    )
    assert run.stdout == f"{[step.number for step in server_steps()]}\n"
