"""What stands before every route: where a request comes from, who asks, how often, how much it sends, and once only."""

from backend.api.security.guard import Guard, guarded

__all__ = ["Guard", "guarded"]
