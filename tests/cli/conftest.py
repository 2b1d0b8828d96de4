"""Runs the command line inside the test, with its streams apart."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from backend.cli.__main__ import run


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


Backproof = Callable[..., Ended]


@pytest.fixture
def backproof(capsys: pytest.CaptureFixture[str]) -> Backproof:
    """``backproof("sessions", "list")`` runs that command in this process."""

    def call(*arguments: str) -> Ended:
        capsys.readouterr()
        code = run(arguments)
        streams = capsys.readouterr()
        return Ended(code, streams.out, streams.err)

    return call
