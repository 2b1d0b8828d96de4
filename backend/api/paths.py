"""Where the API is, and where what it made is found again."""

PREFIX = "/api/v1"


def path_of(*parts: str) -> str:
    """The path of a resource, e.g. ``/api/v1/sessions/ses_1``."""
    return "/".join((PREFIX, *parts))
