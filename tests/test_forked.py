"""A forked program differs in nothing that a test looks at from one that was started anew."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.forked import start
from tests.programs import running
from tests.tree import ROOT

pytestmark = pytest.mark.slow

PROGRAMS = "tests.forked_programs"


@pytest.mark.parametrize("name", ["surroundings", "exit_three", "fail", "interrupted", "misspelt"])
def test_it_sees_says_and_ends_the_same(name: str, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TZ": "Asia/Tokyo", "PLANTED": "ü"}
    with start(PROGRAMS, name, "a", "b c", environment=environment, folder=tmp_path, stdin=subprocess.PIPE) as process:
        forked = process.communicate(timeout=60)
    command = [sys.executable, "-m", PROGRAMS, name, "a", "b c"]
    anew = subprocess.run(
        command, cwd=tmp_path, env=environment, input="", capture_output=True, text=True, check=False, timeout=60
    )
    assert (process.returncode, forked[0]) == (anew.returncode, anew.stdout)
    assert forked[1].splitlines()[-1:] == anew.stderr.splitlines()[-1:]


def test_two_draw_different_numbers() -> None:
    with running(PROGRAMS, "chance") as one, running(PROGRAMS, "chance") as other:
        assert set(one.read().split()).isdisjoint(other.read().split())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_that_process_alone(number: signal.Signals) -> None:
    with running(PROGRAMS, "stand_still") as one, running(PROGRAMS, "stand_still") as other:
        assert (one.read(), other.read()) == ("ready", "ready")
        one.process.send_signal(number)
        assert one.process.wait(timeout=60) == -number
        other.go()
        assert other.finish() == ("gone on\n", "")
        assert other.process.returncode == 0
