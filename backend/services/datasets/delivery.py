"""Stores the datasets of a session in one batch, and keeps what cannot be stored now until it can."""

from dataclasses import dataclass
from threading import RLock

import structlog

from backend.domain.errors import BackproofError, Unavailable
from backend.domain.ports import DatasetStore, Outbox, WaitingDatasets
from backend.services.counters import DataCounters

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DatasetStores:
    """Where dataset versions are kept, and where they wait while that does not answer."""

    datasets: DatasetStore
    outbox: Outbox


class DatasetDelivery:
    """Writes batches in the order in which they were made; nothing is lost while the store is away.

    Args:
        stores: the store, and the outbox in front of it.
        counters: told of every version that was added.
    """

    def __init__(self, stores: DatasetStores, counters: DataCounters) -> None:
        self._store = stores.datasets
        self._outbox = stores.outbox
        self._counters = counters
        self._linked: dict[tuple[str, str], frozenset[str]] = {}
        self._told: set[str] = set()
        self._started = False
        self._one_writer = RLock()

    def start(self) -> tuple[str, ...]:
        """Store what an earlier process left, at the first call alone; returns what must be said about it."""
        with self._one_writer:
            if self._started:
                return ()
            self._started = True
            try:
                return self.flush()
            except Unavailable as error:
                log.warning("outbox.waits", reason=error.message)
                return ()

    def deliver(self, batch: WaitingDatasets) -> tuple[str, ...]:
        """Store what waits and then the batch, each in one transaction; returns what must be said about it.

        A store that does not answer is a notice, and the batch waits in the outbox. A batch that this process has
        stored and linked before is not written again.

        Raises:
            NotFound: there is no such session.
            Unavailable: the outbox cannot be written either, so the datasets are safe nowhere.
        """
        with self._one_writer:
            if self._linked.get((batch.owner, batch.session_id)) == _ids(batch):
                return ()
            try:
                notices = self.flush()
                self._write(batch)
                return notices
            except Unavailable as error:
                self._put(batch, error)
                log.warning("datasets.not_stored", session_id=batch.session_id, reason=error.message)
                waits = f"wait on this machine until they can: {error.message}"
                return (f"The {len(batch.datasets)} datasets could not be stored yet and {waits}",)

    def flush(self) -> tuple[str, ...]:
        """Store everything that waits, oldest first; returns what must be said about it.

        A batch whose session the store does not know waits on: it is meant for another database.

        Raises:
            Unavailable: the store does not answer; what is not stored waits on.
        """
        with self._one_writer:
            batches, notices = self._waiting()
            for batch in batches:
                try:
                    self._write(batch)
                except Unavailable:
                    raise
                except BackproofError as error:
                    log.warning("outbox.refused", session_id=batch.session_id, reason=error.message)
                else:
                    self._remove(batch)
            return notices

    def waits(self, owner: str, session_id: str) -> bool:
        """Whether datasets of the session are in the outbox."""
        return any((b.owner, b.session_id) == (owner, session_id) for b in self._waiting()[0])

    def forget(self) -> None:
        """Drop from memory what was stored, because versions were deleted."""
        self._linked.clear()

    def _write(self, batch: WaitingDatasets) -> None:
        added = self._store.store_datasets(batch.owner, batch.session_id, batch.datasets)
        self._counters.dataset_writes += added
        self._linked[batch.owner, batch.session_id] = _ids(batch)

    def _waiting(self) -> tuple[tuple[WaitingDatasets, ...], tuple[str, ...]]:
        """What waits, and what was found to hold no batch; an unreadable outbox keeps nobody from the store."""
        try:
            known = {*self._outbox.unreadable(), *self._told}
            batches = self._outbox.waiting()
            found = [name for name in self._outbox.unreadable() if name not in known]
        except Unavailable as error:
            log.warning("outbox.not_read", reason=error.message)
            return (), ()
        self._told.update(found)
        for name in found:
            log.warning("outbox.unreadable", file=name)
        told = "held no datasets that can be read; it is kept there and not used"
        return batches, tuple(f"{name} {told}." for name in found)

    def _remove(self, batch: WaitingDatasets) -> None:
        """Forget a stored batch; one that stays is found to be stored next time."""
        try:
            self._outbox.remove(batch)
        except Unavailable as error:
            log.warning("outbox.not_removed", session_id=batch.session_id, reason=error.message)

    def _put(self, batch: WaitingDatasets, why: Unavailable) -> None:
        """Put the batch into the outbox; where that fails too, the store's own reason is the one to tell."""
        try:
            self._outbox.put(batch)
        except Unavailable as error:
            log.info("outbox.not_written", session_id=batch.session_id, reason=error.message)
            raise why from error


def _ids(batch: WaitingDatasets) -> frozenset[str]:
    return frozenset(dataset.id for dataset in batch.datasets)
