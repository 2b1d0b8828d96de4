"""A missing server is told at a desk and an error in CI."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.programs import ServerMissing, node
from tests.tree import ROOT


def install(**environment: str) -> subprocess.CompletedProcess[str]:
    """Run the installer on a machine whose PATH is empty: there is no Node.js, and nothing to get it by."""
    return subprocess.run(
        [sys.executable, "-m", "tests.servers"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_a_missing_server_is_told(tmp_path: Path) -> None:
    at_a_desk = install(PATH=str(tmp_path))
    assert at_a_desk.returncode == 0
    assert "Tests that need it are skipped: Node.js is not installed: install Node.js 20" in at_a_desk.stderr
    assert "Tests that need it are skipped: Chromium is not installed: install Chromium (Debian" in at_a_desk.stderr


def test_a_missing_server_fails_in_ci(tmp_path: Path) -> None:
    in_ci = install(PATH=str(tmp_path), CI="true")
    assert in_ci.returncode == 1
    assert "Node.js is not installed" in in_ci.stderr


def test_the_reason_of_a_skip_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerMissing, match="newer with npm"):
        node()
