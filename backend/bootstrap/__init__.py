"""The only place that chooses implementations: plugs stores and providers into services, and services into agents."""

from backend.bootstrap.application import Application, build
from backend.bootstrap.data import utc_now
from backend.bootstrap.repeats import done_before, new_id, queued_once, repeating

__all__ = ["Application", "build", "done_before", "new_id", "queued_once", "repeating", "utc_now"]
