"""Who asks: told by a token, or the single owner of a machine where nobody signs in."""

from backend.api.auth.required import signed_in

__all__ = ["signed_in"]
