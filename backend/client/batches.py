"""Batches: strategies by symbols, opened, followed, run again in part."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from backend.api.documents.batches import (
    BatchBody,
    BatchCancelAnswer,
    BatchCell,
    BatchDocument,
    BatchLine,
    BatchPage,
    RerunBody,
)
from backend.api.documents.events import BatchEvents
from backend.client.connection import Connection, parsed, part, stated
from backend.client.following import follow
from backend.client.paging import PAGE, pages
from backend.domain.batches import BatchEvent
from backend.domain.record import Record

Item = BatchCell | Mapping[str, Any]
"""A symbol, a strategy and perhaps values of its parameters."""


class BatchCalls:
    """``client.batches``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, items: Iterable[Item], *, seconds: int = 0, **given: Any) -> BatchDocument:
        """Open a batch; it runs from now on.

        Args:
            items: the cells.
            seconds: for which the answer is held back until the batch has ended.
            given: the other fields of ``BatchBody``, such as ``start_date`` or ``commission``.
        """
        body = stated(BatchBody, {"items": tuple(items), **given})
        return self._set_running("backtest/batch", body, seconds)

    def list(self) -> Iterator[BatchLine]:
        """Newest first, read page by page."""
        for page in pages(lambda after: self._connection.read(BatchPage, "backtest/batch", limit=PAGE, cursor=after)):
            yield from page.batches

    def show(self, batch_id: str) -> BatchDocument:
        """A batch with a summary of every cell."""
        return self._connection.read(BatchDocument, _path(batch_id))

    def events(self, batch_id: str, after: int = 0) -> Iterator[BatchEvent]:
        """Each event behind ``after`` once, as it happens, until the batch ends; lost connections are taken up."""
        return follow(self._connection, BatchEvent, f"{_path(batch_id)}/events", after)

    def log(self, batch_id: str, after: int = 0) -> BatchEvents:
        """The events behind ``after`` that are there now, as many as fit into one page."""
        return self._connection.read(BatchEvents, f"{_path(batch_id)}/events", format="json", after=after)

    def cancel(self, batch_id: str) -> BatchCancelAnswer:
        """Ask a batch to stop; cells that are done stay."""
        return self._connection.write(BatchCancelAnswer, "POST", f"{_path(batch_id)}/cancel")

    def rerun(self, batch_id: str, *, seconds: int = 0, **given: Any) -> BatchDocument:
        """Run cells again.

        Args:
            batch_id: of the batch.
            seconds: for which the answer is held back until they have ended.
            given: the fields of ``RerunBody``, which choose rows and columns and state values of parameters.
        """
        return self._set_running(f"{_path(batch_id)}/rerun", stated(RerunBody, given), seconds)

    def wait(self, batch_id: str) -> BatchDocument:
        """A batch when it has ended."""
        for _ in self.events(batch_id):
            pass
        return self.show(batch_id)

    def _set_running(self, path: str, body: Record, seconds: int) -> BatchDocument:
        headers = {"Prefer": f"wait={seconds}"} if seconds else {}
        return parsed(BatchDocument, self._connection.send("POST", path, body, **headers))


def _path(batch_id: str) -> str:
    return f"backtest/batch/{part(batch_id)}"
