"""Heavy packages load where they work, so that the first line of a command appears at once."""

import subprocess
import sys

import pytest

HEAVY = ("numba", "pandas", "pyarrow", "exchange_calendars", "langgraph", "langchain_core", "scipy", "vaderSentiment")
"""Each takes half a second to two seconds of one core to import."""


@pytest.mark.parametrize(
    "module",
    [
        "backend.cli.app",
        "backend.bootstrap",
        "backend.services.sessions",
        "backend.search",
        "backend.proof",
        "backend.language",
        "backend.engine.calendar",
        "backend.engine.simulation",
        "backend.stores",
    ],
)
def test_importing_a_part_loads_nothing_heavy(module: str) -> None:
    ask = f"import sys, {module}; print(*sorted(set({HEAVY}) & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False, timeout=60)
    assert (run.stdout.split(), run.stderr) == ([], "")
