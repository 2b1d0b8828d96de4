"""What the accounts of one machine have in common: a pool of connections, locks, and what waits to be stored."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from backend.domain.ports import Outbox
from backend.settings import Settings

if TYPE_CHECKING:
    from backend.stores import Database, FileLocks

LOCKS = "locks"
OUTBOX = "outbox"


@dataclass(frozen=True)
class Shared:
    """Opened at the first use."""

    settings: Settings

    @cached_property
    def database(self) -> "Database":
        """The database that the settings name, at the present schema."""
        from backend.stores import open_database

        return open_database(self.settings.store_url, self.settings.lock_timeout)

    @cached_property
    def locks(self) -> "FileLocks":
        """Who runs which session, and who fetches which bars, on this machine."""
        from backend.stores import FileLocks

        return FileLocks(self.settings.data_dir / LOCKS)

    @cached_property
    def outbox(self) -> Outbox:
        """Datasets that wait until the store answers."""
        from backend.stores import FileOutbox

        return FileOutbox(self.settings.data_dir / OUTBOX)
