"""Traces for LangSmith: what still waits to be sent leaves before the process ends."""

import atexit
import sys
from functools import cache

PATIENCE = 5.0
"""Seconds that the end of a process waits for them."""


@cache
def send_before_the_end() -> None:
    """From now on; the end of a program waits for no thread, so not for the one that sends them."""
    atexit.register(_send)


def _send() -> None:
    client = getattr(sys.modules.get("langsmith.run_trees"), "_CLIENT", None)  # to ask for it would make one
    if client is not None:
        client.flush(timeout=PATIENCE)
