"""The same seed, data and request give the same bytes, whatever the process looks like."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.agents.sessions import stable

REQUEST = "best strategy on AAPL with reddit sentiment, drawdown under 60 %"
SURROUNDINGS = (
    {"PYTHONHASHSEED": "1", "TZ": "America/New_York", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    {
        "PYTHONHASHSEED": "4242",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "de_DE.UTF-8",
        "LANG": "de_DE.UTF-8",
        "OMP_NUM_THREADS": "2",
        "OPENBLAS_NUM_THREADS": "2",
        "NUMBA_NUM_THREADS": "2",
    },
)


def session_in(folder: Path, surroundings: dict[str, str]) -> bytes:
    """The stable part of a session's document, from a process of its own with an empty store."""
    environment = os.environ | {"BACKPROOF_DATA_DIR": str(folder)} | surroundings
    period = ("--start", "2004-01-02", "--end", "2007-12-31")
    arguments = ("iterate", REQUEST, *period, "--iterations", "3", "--seed", "5", "--json")
    ran = subprocess.run(
        [sys.executable, "-m", "backend.cli", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    document: dict[str, Any] = json.loads(ran.stdout)
    assert len(document["attempts"]) == 3
    return json.dumps(stable(document)).encode()


@pytest.mark.slow
def test_hash_seed_time_zone_locale_threads_and_compiler_cache_change_nothing(tmp_path: Path) -> None:
    first = session_in(tmp_path / "first", SURROUNDINGS[0])
    fresh = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}  # everything is compiled anew
    second = session_in(tmp_path / "second", SURROUNDINGS[1] | fresh)
    assert (tmp_path / "cache").is_dir()
    assert first == second
