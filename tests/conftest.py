"""Keeps every test by itself: a home of its own, none of the user's settings, and no skip that CI would not see."""

import gc
import os
import signal
from collections.abc import Generator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ("tests.servers.fixtures",)

ROOT = Path(__file__).resolve().parent.parent
STARTED_IN = Path.cwd()
IN_CI = os.environ.get("CI") == "true"

USERS_OWN = ("BACKPROOF_", "OPENAI_", "SUPABASE_", "REDDIT_", "ALPACA_", "LANGSMITH_", "LANGCHAIN_", "XDG_")
"""Prefixes of environment variables that differ from one user to the next."""

OFFLINE = "file,sample"
"""Sources that ask nobody outside; a test of another one names it."""

COLLECTED_AFTER = (20_000, 10, 10)
"""Thresholds of the search for cycles of objects, which at Python's own takes a seventh of all time."""

# no deadline: a shared machine stalls; no chance in CI: a red run can be repeated
settings.register_profile("backproof", deadline=None, derandomize=IN_CI, print_blob=True)
settings.load_profile("backproof")

_numbers = count(1)


def pytest_configure() -> None:
    """Forget the user's settings before any fixture reads one, those of a whole module included; let Ctrl-C work."""
    # a shell that starts tests in the background lets them, and all that they start, ignore Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in [name for name in os.environ if name.startswith(USERS_OWN)]:
        del os.environ[name]
    for kind in ("PRICES", "POSTS"):
        os.environ[f"BACKPROOF_{kind}"] = OFFLINE


def pytest_collection_finish() -> None:
    """Search for cycles of objects less often, and not among all that collecting the tests has left."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def own_home(_homes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is home and working folder of one test: no ``.env``, no database of the user is in reach."""
    home = _homes / str(next(_numbers))
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "share"))
    monkeypatch.chdir(home)
    return home


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real market data that ``REAL_DATA`` names; the test is skipped where it names none."""
    named = os.environ.get("REAL_DATA", "")
    if not named:
        pytest.skip("REAL_DATA names no folder of real market data")
    folder = (STARTED_IN / named).resolve()
    if not folder.is_dir():
        pytest.fail(f"REAL_DATA names {named}, which is not a folder; unset it or name the folder of real market data")
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Count a skipped test as failed in CI."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", _skip_refused(report.longrepr)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Count a module that skips itself as failed in CI."""
    report = yield
    if IN_CI and report.skipped:
        report.outcome, report.longrepr = "failed", _skip_refused(report.longrepr)
    return report


def _skip_refused(skip: object) -> str:
    reason = skip[-1] if isinstance(skip, tuple) else skip
    return f"nothing may be skipped when CI=true: {reason}"
