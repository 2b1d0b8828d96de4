"""On a terminal a deletion is asked about, and progress is drawn; both only there."""

import os
import pty
import select
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.commands.conftest import ROOT

pytestmark = pytest.mark.slow

WARM = ("data", "warm", "AAPL", "IBM", "--start", "2012-01-03", "--end", "2012-01-31")
# the exchange was open on 20 days of January 2012

PRESSES, SILENCE_S = 6, 10.0


def on_a_terminal(folder: Path, *arguments: str, answer: str = "") -> tuple[int, str]:
    """The exit code of a command on a terminal of its own, and all that it showed there."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "BACKPROOF_DATA_DIR": str(folder), "TERM": "xterm"}
    command = [sys.executable, "-m", "backend.cli", *arguments]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    os.write(ours, answer.encode())
    shown = b""
    try:
        while part := os.read(ours, 65_536):
            shown += part
    except OSError:  # how a terminal says that its last program has ended
        pass
    os.close(ours)
    return process.wait(timeout=60), shown.decode(errors="replace")


def said_on_a_terminal(folder: Path, typed: Sequence[tuple[str, str]], *arguments: str) -> tuple[int, str]:
    """As ``on_a_terminal``, for a terminal that steers its program: each thing is typed once another has been shown.

    The last is a key that ends it, pressed again where nothing follows: one that comes while the line editor is being
    set up is lost, as people know.
    """
    ours, theirs = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "BACKPROOF_DATA_DIR": str(folder), "TERM": "xterm"}
    environment |= {"NO_COLOR": "1", "COLUMNS": "200"}
    command = [sys.executable, "-m", "backend.cli", *arguments]
    seated = lambda: os.login_tty(theirs)  # noqa: E731 - what Ctrl-C needs; nothing else runs between fork and exec
    process = subprocess.Popen(command, env=environment, preexec_fn=seated, pass_fds=[theirs])  # noqa: PLW1509
    os.close(theirs)
    shown, seen = "", 0
    for awaited, answer in typed:
        while (found := shown.find(awaited, seen)) < 0:
            shown += os.read(ours, 65_536).decode(errors="replace")
        seen = found + len(awaited)
        os.write(ours, answer.encode())
    for _ in range(PRESSES):
        with suppress(OSError):  # how a terminal says that its last program has ended
            while select.select([ours], [], [], SILENCE_S)[0] and (part := os.read(ours, 65_536)):
                shown += part.decode(errors="replace")
        if process.poll() is not None:
            break
        with suppress(OSError):
            os.write(ours, typed[-1][1].encode())
    os.close(ours)
    return process.wait(timeout=60), shown


def test_symbols_are_counted_while_they_are_fetched(tmp_path: Path) -> None:
    code, shown = on_a_terminal(tmp_path, *WARM)
    assert code == 0
    assert "0/2" in shown
    assert "IBM" in shown


def test_no_is_no_and_yes_is_yes(tmp_path: Path) -> None:
    assert on_a_terminal(tmp_path, *WARM)[0] == 0
    code, shown = on_a_terminal(tmp_path, "data", "clear", "AAPL", answer="n\n")
    assert code == 130
    assert "Delete the stored prices of AAPL?" in shown
    assert "Nothing was deleted" in shown
    code, shown = on_a_terminal(tmp_path, "data", "clear", "AAPL", answer="y\n")
    assert code == 0
    assert "20 bars of AAPL deleted." in shown


def test_ctrl_c_at_the_prompt_says_how_to_go_on(tmp_path: Path) -> None:
    """A line of more than 4096 bytes arrives in full, so it is refused as too long; then Ctrl-C ends the program."""
    long = "momentum " * 600
    typed = (("> ", f"{long}\n"), ("2,000 characters", ""), ("> ", "momentum\n"), ("Which symbol?", ""), ("> ", "\x03"))
    code, shown = said_on_a_terminal(tmp_path, typed, "chat")
    assert code == 130
    assert "\nInterrupted; go on with `backproof chat ses_" in shown.replace("\r", "")


def test_a_conversation_ends_with_its_input(tmp_path: Path) -> None:
    """Ctrl-D at the beginning of a line ends what is typed, at a prompt or without one."""
    assert said_on_a_terminal(tmp_path, [("> ", "\x04")], "chat")[0] == 0
    assert on_a_terminal(tmp_path, "chat", answer="\x04")[0] == 0  # before there is a prompt
    code, shown = on_a_terminal(tmp_path, "chat", "--json", answer="\x04")
    assert code == 0
    assert '"turns": []' in shown
