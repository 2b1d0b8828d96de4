"""The command line in this process, and what every refusal has in common."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from tests.cli.conftest import Backproof, backproof

__all__ = ["backproof"]  # a fixture is found by its name


class Refused(Protocol):
    """``refused(2, "iterate", "...")`` runs a command that must fail so; returns its sentence and its hint."""

    def __call__(self, code: int, *arguments: str) -> tuple[str, str]: ...


@pytest.fixture
def refused(backproof: Backproof) -> Refused:
    def call(code: int, *arguments: str) -> tuple[str, str]:
        ended = backproof(*arguments)
        assert ended.code == code, ended
        assert ended.stderr.startswith("Error: "), ended
        sentence, hint = ended.stderr.removeprefix("Error: ").split("\nHint: ")
        assert hint.strip()
        assert "Traceback" not in ended.stdout + ended.stderr
        return sentence, hint.strip()

    return call


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the commands of one test; made by the first of them."""
    folder = tmp_path / "data"
    monkeypatch.setenv("BACKPROOF_DATA_DIR", str(folder))
    return folder


class Disk:
    """A small file system of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mount(self, options: str) -> bool:
        """Mount it, or mount it anew with other options; False where that is not allowed."""
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.folder)]
        return os.getuid() == 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.fixture
def disk(data_dir: Path) -> Iterator[Disk]:
    """The data folder is a disk of 2 MB."""
    data_dir.mkdir()
    small = Disk(data_dir)
    if not small.mount("size=2m"):
        pytest.skip("mounting a small disk needs root")
    yield small
    subprocess.run(["umount", "--lazy", str(data_dir)], check=True)
