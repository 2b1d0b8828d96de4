"""Heavy packages load where they work, so that the first line of a command appears at once."""

import subprocess
import sys

import pytest

OF_MODELS = ("langchain", "langchain_openai", "openai", "tiktoken")
"""Nobody who works without a language model waits for these."""

HEAVY = (
    *("numba", "pandas", "pyarrow", "exchange_calendars", "langgraph", "langchain_core", "scipy", "vaderSentiment"),
    *OF_MODELS,
)
"""Each takes half a second to two seconds of one core to import."""


@pytest.mark.parametrize(
    "module",
    [
        "backend.cli.app",
        "backend.client",
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


def loaded_by(*arguments: str) -> list[str]:
    """Which packages of models a command has loaded at its end."""
    ask = (
        f"import sys; from backend.cli.__main__ import run; code = run({arguments!r}); "
        f"print('loaded', code, *sorted(set({OF_MODELS}) & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False, timeout=120)
    assert ended.stdout.splitlines()[-1].startswith("loaded 0"), ended.stderr
    return ended.stdout.splitlines()[-1].split()[2:]


def test_help_loads_no_package_of_models() -> None:
    assert loaded_by("--help") == []


@pytest.mark.slow
def test_a_built_in_session_loads_no_package_of_models() -> None:
    assert loaded_by("iterate", "momentum on AAPL from 2008 to 2012", "--iterations", "1") == []
