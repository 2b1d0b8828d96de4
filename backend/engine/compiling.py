"""Tells whoever waits that machine code is being made, which takes seconds and happens once on a machine."""

from collections.abc import Callable
from typing import Any

COMPILING = "numba:compile"
"""What numba calls the compiling of one function for one signature; a function from its cache brings none."""


def tell_when_compiling(tell: Callable[[], None]) -> None:
    """Call ``tell`` before the first kernel of this process that no cache holds is compiled, and never again.

    It imports numba, so call it when a backtest is about to run.
    """
    from numba.core import event

    class Waiting(event.Listener):
        told = False

        def on_start(self, event: Any) -> None:  # noqa: ARG002 - numba hands it in
            if not self.told:
                self.told = True
                tell()

        def on_end(self, event: Any) -> None:
            """Compiled: what was waited for comes by itself."""

    event.register(COMPILING, Waiting())  # type: ignore[no-untyped-call]
