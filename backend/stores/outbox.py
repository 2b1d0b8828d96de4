"""Batches of datasets that wait for the store, as files on this machine: one file a batch, checked when read back."""

import hashlib
import os
import re
from datetime import date
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from backend.domain.errors import BackproofError, Unavailable
from backend.domain.hashing import hash_json
from backend.domain.ports import WaitingDatasets
from backend.domain.sentiment import SentimentDataset
from backend.stores.codecs.datasets import dataset_of, dataset_row
from backend.stores.codecs.documents import dump

UNREADABLE = ".unreadable"
"""Added to the name of a file that holds no batch."""

_BATCH = re.compile(r"(\d{8})-[0-9a-f]{32}\.json")


class FileOutbox:
    """The Outbox port over a folder: a batch lies under a number that counts up and a hash of what it holds.

    A file is written beside its place, forced to disk and renamed, so that a kill leaves a whole file or none. Its
    first line is the hash of the rest.

    Args:
        folder: on a local disk; made when the first batch is put.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, batch: WaitingDatasets) -> None:
        """Keep a batch; one of the same session and datasets is kept once.

        Raises:
            Unavailable: the file cannot be written.
        """
        key = _key(batch)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            names = self._names()
            if not any(key in name for name in names):
                number = 1 + max((int(name[:8]) for name in names), default=0)
                self._write(f"{number:08d}-{key}.json", _content(batch))
        except OSError as error:
            raise self._unusable(error) from error

    def waiting(self) -> tuple[WaitingDatasets, ...]:
        """Those put and not removed, oldest first; a file that holds no batch is set aside.

        Raises:
            Unavailable: the folder cannot be read.
        """
        try:
            found = [self._read(name) for name in self._names()]
        except OSError as error:
            raise self._unusable(error) from error
        return tuple(batch for batch in found if batch is not None)

    def remove(self, batch: WaitingDatasets) -> None:
        """Forget a batch, because it is stored; another process may have done so.

        Raises:
            Unavailable: the file cannot be deleted.
        """
        key = _key(batch)
        try:
            for name in self._names():
                if key in name:
                    (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise self._unusable(error) from error

    def unreadable(self) -> tuple[str, ...]:
        """The files that held no batch: kept, under a name that is not read again.

        Raises:
            Unavailable: the folder cannot be read.
        """
        try:
            return tuple(str(self._folder / name) for name in self._listed() if name.endswith(UNREADABLE))
        except OSError as error:
            raise self._unusable(error) from error

    def _listed(self) -> list[str]:
        try:
            return sorted(path.name for path in self._folder.iterdir())
        except FileNotFoundError:
            return []

    def _names(self) -> list[str]:
        """Files of batches, oldest first; what else ends in ``.json`` is set aside."""
        names = [name for name in self._listed() if name.endswith(".json")]
        for name in names:
            if not _BATCH.fullmatch(name):
                self._set_aside(name)
        return [name for name in names if _BATCH.fullmatch(name)]

    def _write(self, name: str, content: bytes) -> None:
        beside = self._folder / f".{name}.{os.getpid()}"
        try:
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._folder / name)
        finally:
            beside.unlink(missing_ok=True)
        _force_to_disk(self._folder)

    def _read(self, name: str) -> WaitingDatasets | None:
        try:
            return _batch((self._folder / name).read_bytes())
        except FileNotFoundError:  # another process stored it meanwhile
            return None
        except (BackproofError, ValueError, KeyError, TypeError, IsADirectoryError):
            self._set_aside(name)
            return None

    def _set_aside(self, name: str) -> None:
        place = self._folder / name
        if place.exists():
            place.rename(self._folder / f"{name}{UNREADABLE}")

    def _unusable(self, error: OSError) -> Unavailable:
        return Unavailable(
            f"The outbox folder {self._folder} cannot be used ({error.strerror}).",
            "check its permissions and the space left",
        )


def _key(batch: WaitingDatasets) -> str:
    return hash_json([batch.owner, batch.session_id, sorted(dataset.id for dataset in batch.datasets)])


def _content(batch: WaitingDatasets) -> bytes:
    rows = [dataset_row(batch.owner, dataset) for dataset in batch.datasets]
    body = dump({"owner": batch.owner, "session_id": batch.session_id, "datasets": rows}).encode()
    return f"{hashlib.sha256(body).hexdigest()}\n".encode() + body


def _batch(content: bytes) -> WaitingDatasets:
    """The batch of a file. Raises ValueError, KeyError, TypeError or BackproofError when it holds none."""
    expected, _, body = content.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != expected:
        raise ValueError("the content does not give its hash")
    document = from_json(body)
    datasets = tuple(_dataset(row) for row in document["datasets"])
    return WaitingDatasets(document["owner"], document["session_id"], datasets)


def _dataset(row: dict[str, Any]) -> SentimentDataset:
    days = {name: date.fromisoformat(row[name]) for name in ("start", "end")}
    return dataset_of(row | days)


def _force_to_disk(folder: Path) -> None:
    """Force the names in ``folder`` to disk, as was done with the content of its files."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
