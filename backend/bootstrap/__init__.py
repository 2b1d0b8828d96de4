"""The only place that chooses implementations: plugs stores and providers into services, and services into agents."""

from backend.bootstrap.application import Application, build
from backend.bootstrap.data import new_id, utc_now

__all__ = ["Application", "build", "new_id", "utc_now"]
