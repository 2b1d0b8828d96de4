"""Arguments that cannot be used end in one sentence and exit 2."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backend import __version__
from backend.cli.__main__ import run
from tests.cli.conftest import Backproof

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("numba", "langgraph", "pandas", "sqlalchemy", "pydantic", "pydantic_settings", "numpy", "exchange_calendars")


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["iteraet", "x"], 'There is no command "backproof iteraet".', 'did you mean "iterate"?'),
        (["sessions", "lst"], 'There is no command "backproof sessions lst".', 'did you mean "list"?'),
        (["zzz"], 'There is no command "backproof zzz".', "see `backproof --help`"),
        (["iterate", "x", "--symbls", "A"], "There is no option --symbls.", 'did you mean "--symbols"?'),
        (["sessions", "list", "--zzz"], "There is no option --zzz.", "see `backproof sessions list --help`"),
        (["iterate"], "Missing argument 'REQUEST'.", "see `backproof iterate --help`"),
        (
            ["backtest", "list", "--limit", "x"],
            "Invalid value for '--limit': it must be a whole number",
            "see `backproof backtest list --help`",
        ),
    ],
)
def test_a_usage_error_is_one_sentence_with_a_hint(
    backproof: Backproof, arguments: list[str], message: str, hint: str
) -> None:
    ended = backproof(*arguments)
    assert (ended.code, ended.stdout) == (2, "")
    assert ended.stderr == f"Error: {message}\nHint: {hint}\n"


def test_with_json_an_error_is_also_one_document(backproof: Backproof) -> None:
    ended = backproof("sessions", "list", "--zzz", "--json")
    assert ended.code == 2
    assert json.loads(ended.stdout) == {
        "error": {
            "type": "InvalidInput",
            "message": "There is no option --zzz.",
            "hint": "see `backproof sessions list --help`",
        }
    }
    assert ended.stderr.startswith("Error: There is no option --zzz.")


def test_a_misspelt_setting_is_named(backproof: Backproof, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKPROOF_LOCKTIMEOUT", "3")
    ended = backproof("settings")
    assert ended.code == 2
    assert ended.stderr.startswith("Error: There is no setting BACKPROOF_LOCKTIMEOUT.\nHint: did you mean")
    assert '"BACKPROOF_LOCK_TIMEOUT"' in ended.stderr


def test_debug_shows_where_an_error_comes_from(backproof: Backproof) -> None:
    ended = backproof("sessions", "zzz", "--debug")
    assert ended.code == 2
    assert ended.stderr.startswith("Traceback (most recent call last):")
    assert "resolve_command" in ended.stderr
    assert ended.stderr.endswith("Hint: see `backproof sessions --help`\n")


class Trap(str):
    """An argument that nobody can read."""

    trouble: type[BaseException] = ZeroDivisionError

    def __getitem__(self, key: Any) -> str:
        raise self.trouble("a secret")


class Interruption(Trap):
    """An argument in the middle of which somebody presses Ctrl-C."""

    trouble = KeyboardInterrupt


def test_an_interruption_while_arguments_are_read_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([Interruption("sessions"), "--json"]) == 130
    printed = capsys.readouterr()
    assert json.loads(printed.out)["error"]["type"] == "Cancelled"
    assert printed.err == "Interrupted.\n"


UNFORESEEN = """
import sys
from backend.cli.__main__ import main
from tests.cli.test_main import Trap
sys.argv[1] = Trap("sessions")
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize(("more", "shown"), [([], False), (["--debug"], True)])
def test_what_nobody_has_foreseen_is_one_sentence_too(more: list[str], *, shown: bool) -> None:
    ended = _python("-c", UNFORESEEN, "sessions", "--json", *more)
    assert ended.returncode == 1
    error = json.loads(ended.stdout)["error"]
    assert (error["type"], error["message"]) == ("BackproofError", "Backproof itself has failed (ZeroDivisionError).")
    assert "--debug" in error["hint"]
    assert ("Traceback" in ended.stderr, "a secret" in ended.stderr) == (shown, shown)


def test_the_version_is_told(backproof: Backproof) -> None:
    ended = backproof("--version")
    assert (ended.code, ended.stdout) == (0, f"backproof {__version__}\n")


def test_a_noun_alone_lists_its_verbs(backproof: Backproof) -> None:
    ended = backproof("sessions")
    assert ended.code == 2
    assert "resume" in ended.stdout
    assert ended.stderr == ""


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from backend.cli.__main__ import run; code = run(['--help']);"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    ended = _python("-c", program)
    assert ended.returncode == 0
    assert ended.stderr == "[]\n"
    assert "iterate" in ended.stdout


def test_the_module_is_a_program() -> None:
    ended = _python("-m", "backend.cli", "--version")
    assert (ended.returncode, ended.stdout) == (0, f"backproof {__version__}\n")


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=environment, check=False, timeout=60
    )


@pytest.mark.parametrize(("closed", "told"), [(">&-", "Error: There is no command"), ("2>&-", "")])
def test_a_stream_that_was_closed_at_the_start_is_nobody_who_reads(closed: str, told: str) -> None:
    command = f'exec "{sys.executable}" -m backend.cli sessions zzz --json {closed}'
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, env=environment, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith(told)
    assert "Traceback" not in ended.stderr


def test_an_error_whose_document_nobody_reads_is_still_that_error() -> None:
    """As after ``| head -0``: the reading end of the pipe is closed before anything is written."""
    read, written = os.pipe()
    os.close(read)
    with os.fdopen(written, "wb") as output:
        command = [sys.executable, "-m", "backend.cli", "sessions", "zzz", "--json"]
        ended = subprocess.run(command, cwd=ROOT, stdout=output, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("Error: There is no command")
    assert "itself has failed" not in ended.stderr


ENDING = """
import sys, tempfile, threading
from backend.cli.__main__ import main

kept = tempfile.TemporaryDirectory(dir=sys.argv[1])
threading.Thread(target=threading.Event().wait).start()
sys.stdout.write("not flushed, ")
sys.argv = ["backproof", *sys.argv[2:]]
if "fail" in sys.argv:
    sys.modules["backend.cli.app"] = None
main()
"""
"""A program with a thread that never ends, for which Python's own end would wait."""


@pytest.mark.parametrize(
    ("arguments", "code", "shown"), [(["--version"], 0, __version__), (["iteraet"], 2, ""), (["fail"], 1, "")]
)
def test_a_thread_that_was_given_up_does_not_keep_the_program(
    tmp_path: Path, arguments: list[str], code: int, shown: str
) -> None:
    command = [sys.executable, "-c", ENDING, str(tmp_path), *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == code
    assert ended.stdout.startswith("not flushed, ")
    assert shown in ended.stdout
    assert ("Error: " in ended.stderr) == bool(code)
    assert list(tmp_path.iterdir()) == []
