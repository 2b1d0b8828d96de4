"""Programs that run in processes of their own: a test talks to them line by line, and may kill them."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from tests.forked import start
from tests.tree import ROOT


class Program:
    """One that runs."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def read(self) -> str:
        """The next line that it says."""
        return _pipe(self.process.stdout).readline().strip()

    def go(self) -> None:
        """Let it go on, if it waits."""
        _pipe(self.process.stdin).write("go\n")
        _pipe(self.process.stdin).flush()

    def finish(self) -> tuple[str, str]:
        """The rest of what it says, and its errors."""
        return self.process.communicate(timeout=60)


@contextmanager
def running(module: str, *arguments: str) -> Iterator[Program]:
    """``python -m module arguments``, gone when the block ends."""
    with start(module, *arguments, folder=ROOT, stdin=subprocess.PIPE) as process:
        try:
            yield Program(process)
        finally:
            process.kill()


def say(line: str) -> None:
    """Tell the test a line; for the program itself."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def wait() -> None:
    """Stand still until the test says ``go``; for the program itself."""
    sys.stdin.readline()


def begin() -> None:
    """Tell the test that it could begin, and wait; for the program itself."""
    say("ready")
    wait()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe
