"""Works until another thread than the main one takes a signal: ``python -m tests.worker.asked_aside FOLDER``."""

import os
import signal
import sys
import threading
from pathlib import Path

from backend.settings import Settings
from backend.worker.main import work
from tests.programs import wait


def ask() -> None:
    """Let this thread take the signal, as any may to which the system gives it."""
    wait()
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=ask, daemon=True).start()
    work(Settings(data_dir=Path(sys.argv[1])))
    os._exit(0)
