"""One finished session on sample data, for every test that looks at results."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.forked import start

ROOT = Path(__file__).resolve().parents[3]
REQUEST = "momentum on AAPL with reddit sentiment, drawdown under 35 %"


@dataclass(frozen=True)
class Finished:
    """A session that was run to its end and kept as a bot called ``first``."""

    data_dir: Path
    document: dict[str, Any]
    stderr: str


def program(*arguments: str, data_dir: Path) -> subprocess.Popen[str]:
    """The command line as a process of its own, on a store of its own."""
    environment = os.environ | {"BACKPROOF_DATA_DIR": str(data_dir)}
    environment |= {"BACKPROOF_PRICES": "file,sample", "BACKPROOF_POSTS": "file,sample"}
    return start("backend.cli", *arguments, environment=environment, folder=data_dir)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Runs ``iterate`` once for all tests."""
    data_dir = tmp_path_factory.mktemp("finished")
    options = ("--iterations", "2", "--seed", "7", "--save-bot", "first", "--json")
    with program("iterate", REQUEST, *options, data_dir=data_dir) as process:
        stdout, stderr = process.communicate(timeout=180)
    assert process.returncode == 0, stderr
    return Finished(data_dir, json.loads(stdout), stderr)


@pytest.fixture
def kept(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> Finished:
    """Commands run by the test see the store of the finished session."""
    monkeypatch.setenv("BACKPROOF_DATA_DIR", str(finished.data_dir))
    return finished


@pytest.fixture
def own_kept(finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Finished:
    """A copy of that store for a test that changes it."""
    own = replace(finished, data_dir=tmp_path / "own")
    shutil.copytree(finished.data_dir, own.data_dir)
    monkeypatch.setenv("BACKPROOF_DATA_DIR", str(own.data_dir))
    return own
