"""Starts writers in processes of their own."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack

from tests.programs import Program, running


def writer(name: str, *arguments: str) -> AbstractContextManager[Program]:
    """A program of ``tests/stores/writers.py`` that is gone when the block ends."""
    return running("tests.stores.writers", name, *arguments)


def race(commands: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Run writers that begin at the same moment; what each said, and its errors."""
    with ExitStack() as stack:
        writers = [stack.enter_context(writer(*command)) for command in commands]
        for each in writers:
            assert each.read() == "ready"
        for each in writers:
            each.go()
        return [each.finish() for each in writers]
