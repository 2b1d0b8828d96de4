"""Loads what sessions need, so that the first one of a process is as quick as the next."""

import tempfile
from pathlib import Path
from threading import Lock, Thread

import structlog

from backend.bootstrap.application import Application
from backend.domain.sessions import SessionRequest
from backend.jobs.catching import Caught
from backend.settings import Settings

log = structlog.get_logger(__name__)

TEXT = "momentum or mean reversion on AAPL with reddit"

_once = Lock()
"""Taken by the first who asks, and kept."""


def warm_up(settings: Settings) -> None:
    """In a thread, run a tiny session on sample data in a folder of its own, once a process; nothing of it is kept."""
    if _once.acquire(blocking=False):
        Thread(target=_run_small_session, args=(settings,), name="warm-up", daemon=True).start()


def _run_small_session(settings: Settings) -> None:
    request = SessionRequest(text=TEXT, start="2010-01-04", end="2012-12-31", iterations=1)
    alone = {"database_url": "", "supabase_url": "", "prices": ("sample",), "posts": ("sample",)}
    with Caught() as caught, tempfile.TemporaryDirectory() as folder:
        application = Application(settings.model_copy(update={"data_dir": Path(folder), **alone}))
        application.runner.run(application.open_session(request))
        application.shared.database.close()
    if caught.error is not None:  # the first session takes a little longer then
        log.warning("warm_up.failed", exc_info=caught.error)
