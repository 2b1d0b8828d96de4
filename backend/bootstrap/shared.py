"""What the accounts of one machine have in common: a pool of connections, locks, and what waits to be stored."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from backend.domain.batches import BatchEvent
from backend.domain.ports import Outbox
from backend.domain.sessions import Event
from backend.services.counters import DataCounters
from backend.services.market.memory import BarRoom
from backend.settings import Settings

if TYPE_CHECKING:
    from backend.stores import Database, FileLocks

LOCKS = "locks"
OUTBOX = "outbox"


EventListener = Callable[[Event | BatchEvent], None]


@dataclass(frozen=True)
class Shared:
    """Opened at the first use.

    Attributes:
        listeners: are told of every event that this process stores, in the thread that stores it.
        counters: what the data services of this process did, by the owner for whom they did it.
    """

    settings: Settings
    listeners: list[EventListener] = field(default_factory=list)
    counters: dict[str, DataCounters] = field(default_factory=dict)

    def tell(self, event: Event | BatchEvent) -> None:
        """Tell the listeners of an event that was stored."""
        for listener in tuple(self.listeners):  # some come and go with a request
            listener(event)

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
    def room(self) -> BarRoom:
        """Room for bars in the memory of this process."""
        return BarRoom()

    @cached_property
    def outbox(self) -> Outbox:
        """Datasets that wait until the store answers."""
        from backend.stores import FileOutbox

        return FileOutbox(self.settings.data_dir / OUTBOX)
