"""Finds dataset versions that nobody uses any more, and deletes them when told to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.domain.errors import InvalidInput
from backend.domain.ports import DatasetStore
from backend.domain.sentiment import DatasetLink

OLD_ENOUGH = timedelta(days=30)
"""Versions that were stored later than this ago may still be wanted by whoever asked for them."""


@dataclass(frozen=True)
class Orphans:
    """Versions of no bot and no running session, oldest first.

    Attributes:
        datasets: what was found.
        stored_before: all of them were stored before that moment.
        deleted: how many were deleted; None when it was only looked.
    """

    datasets: tuple[DatasetLink, ...]
    stored_before: datetime
    deleted: int | None = None


def find_orphans(store: DatasetStore, owner: str, stored_before: datetime) -> Orphans:
    """What would be deleted."""
    return Orphans(store.orphans(owner, stored_before), stored_before)


def delete_orphans(store: DatasetStore, owner: str, found: Orphans) -> Orphans:
    """Delete what was found and is not used still; a bot saved meanwhile keeps its versions."""
    ids = [link.id for link in found.datasets]
    deleted = store.delete_orphans(owner, ids, found.stored_before) if ids else 0
    return Orphans(found.datasets, found.stored_before, deleted)


def moment_before(now: datetime, older_than: timedelta) -> datetime:
    """The moment that lies ``older_than`` before ``now``. Raises InvalidInput for a negative or absurd age."""
    try:
        moment = now - older_than
    except OverflowError:
        raise InvalidInput(f"{older_than.days} days lie before the calendar.", "give an age of some days") from None
    if moment > now:
        raise InvalidInput("The age of orphans cannot be negative.", "give 0 for every version that nobody uses")
    return moment
