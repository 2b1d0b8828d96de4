"""Importing the stores costs SQLAlchemy and numpy, and nothing heavier."""

import subprocess
import sys

from tests.tree import ROOT

HEAVY = ("pandas", "pyarrow", "numba", "exchange_calendars", "langgraph", "scipy")


def test_importing_the_stores_loads_nothing_heavy() -> None:
    script = f"import sys, backend.stores; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
