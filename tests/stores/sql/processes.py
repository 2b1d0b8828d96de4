"""Starts writers in processes of their own."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[3]


class Writer:
    """One running program of ``tests/stores/writers.py``."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def read(self) -> str:
        """The next line that it says."""
        return _pipe(self.process.stdout).readline().strip()

    def go(self) -> None:
        """Let it begin."""
        _pipe(self.process.stdin).write("go\n")
        _pipe(self.process.stdin).flush()

    def finish(self) -> tuple[str, str]:
        """The rest of what it says, and its errors."""
        return self.process.communicate(timeout=60)


@contextmanager
def writer(name: str, *arguments: str) -> Iterator[Writer]:
    """A writer that is gone when the block ends."""
    command = [sys.executable, "-m", "tests.stores.writers", name, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            yield Writer(process)
        finally:
            process.kill()


def race(commands: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Run writers that begin at the same moment; what each said, and its errors."""
    with ExitStack() as stack:
        writers = [stack.enter_context(writer(*command)) for command in commands]
        for each in writers:
            assert each.read() == "ready"
        for each in writers:
            each.go()
        return [each.finish() for each in writers]


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe
