"""What the suite promises about itself: no skip goes unseen in CI, and no test meets the user's own files."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tree import ROOT

SKIPPING = """
import pytest

def test_left_out():
    pytest.skip("because")

def test_real(real_data):
    assert real_data.is_dir()
"""


def run_pytest(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a suite of two tests, one skipped and one on real data, under this suite's rules."""
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    (folder / "test_two.py").write_text(SKIPPING)
    (folder / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT}\n")
    clean = {name: value for name, value in os.environ.items() if name not in {"CI", "REAL_DATA", "PYTEST_ADDOPTS"}}
    clean |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # those of other packages, which take most of the start
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(
        command, cwd=folder, env=clean | environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.slow
def test_a_skip_passes_at_a_desk(tmp_path: Path) -> None:
    run = run_pytest(tmp_path)
    assert (run.returncode, "2 skipped" in run.stdout) == (0, True)


@pytest.mark.slow
def test_a_skip_fails_in_ci_and_real_data_is_found_from_where_pytest_was_started(tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    run = run_pytest(tmp_path, CI="true", REAL_DATA="beside")
    assert (run.returncode, "1 failed, 1 passed" in run.stdout) == (1, True)
    assert "nothing may be skipped when CI=true: Skipped: because" in run.stdout


@pytest.mark.slow
def test_missing_real_data_fails_in_ci(tmp_path: Path) -> None:
    run = run_pytest(tmp_path, CI="true")
    assert (run.returncode, "1 failed, 1 error" in run.stdout) == (1, True)


@pytest.mark.slow
def test_real_data_that_is_no_folder_is_named(tmp_path: Path) -> None:
    assert "which is not a folder" in run_pytest(tmp_path, REAL_DATA="elsewhere").stdout


def test_a_test_starts_in_an_empty_home(own_home: Path) -> None:
    assert Path.cwd() == Path.home() == own_home
    assert list(own_home.iterdir()) == []
    stated = {name for name in os.environ if name.startswith(("BACKPROOF_", "OPENAI_"))}
    assert stated == {"BACKPROOF_PRICES", "BACKPROOF_POSTS"}  # sources that ask nobody outside
