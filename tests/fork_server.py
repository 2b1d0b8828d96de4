"""Forks programs from one process that has loaded what they need: ``python -m tests.fork_server SOCKET``.

Each program is a process of its own that runs what ``python -m`` would, with its own arguments, variables, folder and
streams. It becomes a child of the test run, which is the next of kin of orphans for that moment.
"""

import gc
import json
import os
import runpy
import signal
import socket
import sys
import tempfile
import time
from contextlib import chdir, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

LONGEST = 1 << 17
"""Bytes of an order, which holds all variables of a process."""

READY = b"ready"


@dataclass(frozen=True)
class Order:
    """What is to be run, and where."""

    module: str
    arguments: list[str]
    environment: dict[str, str]
    folder: str

    def message(self) -> bytes:
        return json.dumps(asdict(self)).encode()


def load() -> None:
    """Run a small session, so that its modules, its kernels and the sample data are in memory; forget the session."""
    import psycopg  # noqa: F401
    import supabase  # noqa: F401

    import backend.cli.app  # noqa: F401
    from backend.bootstrap import Application
    from backend.domain.sessions import SessionRequest
    from backend.settings import Settings

    text = "momentum or mean reversion on AAPL with reddit"
    request = SessionRequest(text=text, start="2010-01-04", end="2012-12-31", iterations=2)
    failing = suppress(Exception)  # what does not work is for the tests of it to tell
    with tempfile.TemporaryDirectory() as folder, chdir(folder), failing:  # away from a file of the user's settings
        app = Application(Settings(data_dir=Path(folder), prices=("sample",), posts=("sample",)))
        app.runner.run(app.open_session(request))


def next_program(orders: socket.socket) -> Order:
    """Fork a process for each order; returns in that process alone, and ends the server after the last order."""
    while True:
        message, streams, _, _ = socket.recv_fds(orders, LONGEST, 3)
        if not message:
            sys.exit()
        between = os.fork()
        if not between:
            program = os.fork()
            if program:
                orders.send(str(program).encode())
                os._exit(0)
            orders.close()
            return _begun(Order(**json.loads(message)), streams)
        os.waitpid(between, 0)  # from now on the program is a child of the test run
        for stream in streams:
            os.close(stream)
        orders.send(READY)


def _begun(order: Order, streams: list[int]) -> Order:
    """This process has the streams, the variables, the folder and the signals of a new one."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(order.environment)
    time.tzset()
    os.chdir(order.folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return order


def run(order: Order) -> None:
    """What ``python -m module arguments`` does."""
    sys.argv = [order.module, *order.arguments]
    runpy.run_module(order.module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the test run, and its end ends the server
    load()
    gc.collect()
    gc.freeze()  # else the first collection in a program copies all that is shared
    run(next_program(socket.socket(fileno=int(sys.argv[1]))))
