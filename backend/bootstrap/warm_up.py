"""Loads what sessions need, so that the first one of a process is as quick as the next."""

import atexit
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock, Thread

import structlog

from backend.bootstrap.application import Application
from backend.domain.errors import Cancelled
from backend.domain.sessions import Event as SessionEvent
from backend.domain.sessions import SessionRequest
from backend.jobs.catching import Caught
from backend.settings import Settings

log = structlog.get_logger(__name__)

TEXT = "momentum or mean reversion on AAPL with reddit"

PATIENCE = 5.0
"""Seconds that a process which ends waits for the session to stop; after that its folder may stay."""

_once = Lock()
"""Taken by the first who asks, and kept."""


def warm_up(settings: Settings) -> None:
    """In a thread, run a tiny session on sample data in a folder of its own, once a process; nothing of it is kept."""
    if _once.acquire(blocking=False):
        atexit.register(begin(settings))  # after the folder was made, so that it is done before that is removed


def begin(settings: Settings, patience: float = PATIENCE) -> Callable[[], None]:
    """Begin the tiny session; what is returned stops it, and waits so many seconds until its folder is gone."""
    folder = TemporaryDirectory(prefix="backproof-warm-up-", ignore_cleanup_errors=True)
    alone = {"database_url": "", "supabase_url": "", "prices": ("sample",), "posts": ("sample",)}
    settled, over = settings.model_copy(update={"data_dir": Path(folder.name), **alone}), Event()
    thread = Thread(target=_run_small_session, args=(settled, folder, over), name="warm-up", daemon=True)
    thread.start()

    def stop() -> None:
        over.set()
        thread.join(patience)

    return stop


def _run_small_session(settings: Settings, folder: "TemporaryDirectory[str]", over: Event) -> None:
    request = SessionRequest(text=TEXT, start="2010-01-04", end="2012-12-31", iterations=1)

    def stop_when_over(_: SessionEvent) -> None:  # not as one is cancelled, whose errands go on and write for a moment
        if over.is_set():
            raise Cancelled("The process ends.")

    with Caught() as caught, folder:
        application = Application(settings)
        with closing(application.shared.database), application.sessions.listening(stop_when_over):
            application.runner.run(application.open_session(request))
    if caught.error is not None and not over.is_set():  # the first session takes a little longer then
        log.warning("warm_up.failed", exc_info=caught.error)
