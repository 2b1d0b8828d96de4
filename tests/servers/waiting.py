"""What every test server needs: a free port, and to be waited for."""

import socket
import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds that a server has for starting or stopping on a busy machine."""

LOOPBACK = "127.0.0.1"


class ServerFailed(Exception):
    """A test server did not do what it was told; the message says what it wrote."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def wait_until(happened: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Look every 10 ms whether it has happened; False when it has not within the given seconds."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
