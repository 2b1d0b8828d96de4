"""Does jobs until the process is asked to end."""

import signal
from contextlib import suppress
from queue import Empty, SimpleQueue

from backend.bootstrap.accounts import Accounts
from backend.bootstrap.working import do_announced, local_workers
from backend.observability import configure_logging
from backend.settings import Settings

SECONDS_BETWEEN = 0.5
"""From one look at the wish to end to the next."""


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
    asked: SimpleQueue[int] = SimpleQueue()  # which a signal may use at any moment, unlike an event
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: asked.put(number))
    workers = local_workers(accounts)
    workers.start()
    _wait_for(asked)
    workers.stop()


def _wait_for(asked: "SimpleQueue[int]") -> None:
    while True:
        with suppress(Empty):  # a signal that comes at the very start of a wait is seen at its end
            asked.get(timeout=SECONDS_BETWEEN)
            return
