"""What is stored of markets: fetched, imported, looked at, deleted; and the datasets made of posts."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from backend.api.documents.bots import DatasetLine, DatasetPage, DatasetUsed
from backend.api.documents.data import BarsDeleted, DataStatus, Imported, ImportFields, WarmBody, WarmQueued
from backend.client.connection import Connection, part, stated
from backend.client.paging import PAGE, pages


class DataCalls:
    """``client.data``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def status(self) -> DataStatus:
        """What is stored, and what waits to be stored."""
        return self._connection.read(DataStatus, "data/status")

    def warm(self, symbols: Sequence[str], **given: Any) -> WarmQueued:
        """Fetch prices ahead of time; the job says how far it is.

        Args:
            symbols: such as ``AAPL``.
            given: the other fields of ``WarmBody``, such as ``start``.
        """
        body = stated(WarmBody, {"symbols": tuple(symbols), **given})
        return self._connection.write(WarmQueued, "POST", "data/warm", body)

    def import_file(self, kind: str, path: str | Path, **given: Any) -> Imported:
        """Import a file of prices, posts or news; it is sent in pieces, so it may be large.

        Args:
            kind: ``prices``, ``posts`` or ``news``.
            path: of the file.
            given: the other fields of ``ImportFields``, such as ``symbol``.
        """
        stating = stated(ImportFields, {"kind": kind, **given}).model_dump(mode="json", exclude_unset=True)
        fields = {
            name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in stating.items()
        }
        return self._connection.upload(Imported, "data/import", Path(path), fields)

    def clear(self, symbol: str | None = None, before: date | None = None) -> BarsDeleted:
        """Delete the stored bars of a symbol, or those before a day; what bots hold of their own stays."""
        return self._connection.delete(BarsDeleted, "data/bars", symbol=symbol, before=before)


class DatasetCalls:
    """``client.datasets``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[DatasetLine]:
        """The one that was stored last first, read page by page."""
        for page in pages(lambda after: self._connection.read(DatasetPage, "datasets", limit=PAGE, cursor=after)):
            yield from page.datasets

    def show(self, dataset_id: str, *, data: bool = False) -> DatasetUsed:
        """A version, with the record of each session where it is wanted."""
        return self._connection.read(DatasetUsed, f"datasets/{part(dataset_id)}", data=data)
