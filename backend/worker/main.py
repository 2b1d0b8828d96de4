"""Does jobs until the process is asked to end."""

import signal
import threading

from backend.bootstrap.accounts import Accounts
from backend.bootstrap.working import do_announced, local_workers
from backend.observability import configure_logging
from backend.settings import Settings


def work(settings: Settings) -> None:
    """Do jobs, in the main thread of a process of its own.

    Raises:
        InvalidInput: Celery is wanted and not installed.
        Unavailable: the store does not answer, or Redis at the start.
    """
    configure_logging(settings.log_level, settings.secrets)
    accounts = Accounts(settings)
    _ = accounts.service.stores  # refuses a store that is away or of another schema before anything is promised
    if settings.jobs == "celery":
        do_announced(accounts)
    else:
        _work_here(accounts)


def _work_here(accounts: Accounts) -> None:
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    workers = local_workers(accounts)
    workers.start()
    asked.wait()
    workers.stop()
