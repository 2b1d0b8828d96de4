"""Runs a command for as long as somebody holds its standard input open, then stops it and removes what it left behind.

A killed test run closes its files like a finished one, so no server outlives the run that started it. As a script:
``keeper.py SIGNAL USER LOCK FOLDER COMMAND...`` with ``-`` for no user, no lock or no folder. When the command ends
first, the keeper leaves with its exit code and the folder stays.
"""

import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NONE = "-"
PATIENCE = 20
"""Seconds that a command has to stop by itself before it is killed."""

STANDARD_INPUT = 0


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Alone among all processes that use the same path; the file stays behind."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def start(command: list[str], user: str) -> subprocess.Popen[bytes]:
    """The command in a session of its own, out of reach of the terminal's interrupts."""
    if user == NONE:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, start_new_session=True, user=user, group=user, extra_groups=()
    )


def keep(command: list[str], user: str, stop_by: signal.Signals, lock: str, folder: str) -> int:
    """Run the command to its end; return its exit code."""
    kept, let_go = start(command, user), threading.Event()

    def stop_when_let_go() -> None:
        wait_until_let_go(lock)
        let_go.set()
        kept.send_signal(stop_by)
        killing = threading.Timer(PATIENCE, kept.kill)
        killing.daemon = True
        killing.start()

    threading.Thread(target=stop_when_let_go, daemon=True).start()
    code = kept.wait()
    if let_go.is_set() and folder != NONE:
        shutil.rmtree(folder, ignore_errors=True)
    return code if code >= 0 else 128 - code


def wait_until_let_go(lock: str) -> None:
    """Wait until nobody holds standard input; under the lock, so that nobody takes hold of what is about to end."""
    while True:
        while os.read(STANDARD_INPUT, 1):
            continue
        if lock == NONE:
            return
        with locked(Path(lock)):
            if not is_held():
                os.close(STANDARD_INPUT)  # from now on, opening the other side fails
                return


def is_held() -> bool:
    """Whether somebody has taken hold of the other side again."""
    side = select.poll()
    side.register(STANDARD_INPUT, select.POLLIN)
    return not any(event & select.POLLHUP for _, event in side.poll(0))


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    stop_by, user, lock, folder, *command = sys.argv[1:]
    sys.exit(keep(command, user, signal.Signals[stop_by], lock, folder))
