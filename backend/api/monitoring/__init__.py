"""What whoever runs the server can see of it: requests, figures, and whether it is ready."""

from backend.api.monitoring.install import unwatch, watch

__all__ = ["unwatch", "watch"]
