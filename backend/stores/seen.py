"""Which dataset versions a store has seen in its database, so that their rows need not be sent there once more."""

from collections.abc import Iterable


class SeenVersions:
    """Ids of versions by owner; one may have been deleted since, which the database is asked about.

    Ids alone are kept, so a process that sees a hundred thousand versions keeps some ten megabytes.
    """

    def __init__(self) -> None:
        self._ids: set[tuple[str, str]] = set()

    def add(self, owner: str, ids: Iterable[str]) -> None:
        """These are stored."""
        self._ids.update((owner, each) for each in ids)

    def among(self, owner: str, ids: Iterable[str]) -> frozenset[str]:
        """Those that were stored when last seen."""
        return frozenset(each for each in ids if (owner, each) in self._ids)
