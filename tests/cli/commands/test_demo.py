"""The demo reaches a verdict by itself and leaves the user's own store alone."""

import json
from pathlib import Path

import pytest

from backend.cli.commands.demo import INTRODUCTION, REQUEST
from tests.cli.commands.conftest import program
from tests.cli.conftest import Backproof


@pytest.mark.slow
def test_the_demo_ends_with_a_verdict_and_what_to_do_next(tmp_path: Path) -> None:
    with program("demo", data_dir=tmp_path) as process:
        stdout, stderr = process.communicate(timeout=180)
    assert (process.returncode, stderr) == (0, "")
    assert stdout.startswith(INTRODUCTION)
    assert "╭─ Verdict" in stdout
    assert stdout.rstrip().splitlines()[-2].strip().startswith("backproof ")


@pytest.mark.slow
def test_the_demo_says_the_same_again_and_keeps_to_its_own_store(
    backproof: Backproof, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKPROOF_PRICES", "file")  # the user's own sources do not matter to the demo
    first, second = backproof("demo", "--json"), backproof("demo", "--json")
    assert first.code == second.code == 0
    assert first.stderr.startswith(INTRODUCTION)
    told, again = json.loads(first.stdout), json.loads(second.stdout)
    assert told["request"] == REQUEST
    assert told["holdout"]["openings"] == again["holdout"]["openings"] == 1
    assert told["verdict"] == again["verdict"]
    assert [a["spec"] for a in told["attempts"]] == [a["spec"] for a in again["attempts"]]
    assert json.loads(backproof("sessions", "list", "--json").stdout) == {"sessions": [], "unreadable": []}
