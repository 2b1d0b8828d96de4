"""Whose data is whose: what a user brought himself is private to him, what was fetched is shared."""

IMPORTED = "file"
"""The source, and the provider, of everything that a user imported."""

SHARED = ""
"""The owner of data that every owner may read."""


def kept_for(source: str, owner: str) -> str:
    """The owner under which data of ``source`` is stored when ``owner`` brings or asks for it."""
    return owner if source == IMPORTED else SHARED
