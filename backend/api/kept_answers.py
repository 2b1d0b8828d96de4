"""Documents that were sent before, as bytes, for as long as what they were made of is the same."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from backend.api.answers import Answer, Encoded

MOST_BYTES = 64_000_000
"""Of all documents together, whoever owns them."""

LARGEST = MOST_BYTES // 8
"""Bytes of one document; a larger one would drive too many others out."""

BESIDE = 1_000
"""Bytes that are counted for what is kept with each document."""


@dataclass(frozen=True)
class _Kept:
    made_of: object
    encoded: Encoded

    @property
    def size(self) -> int:
        return len(self.encoded.body) + BESIDE


class KeptAnswers:
    """Keeps what was asked for last; safe for several threads.

    Args:
        most: bytes of all that is kept.
        largest: bytes of one document that is kept.
    """

    def __init__(self, most: int = MOST_BYTES, largest: int = LARGEST) -> None:
        self._most, self._largest = most, largest
        self._kept: OrderedDict[tuple[object, ...], _Kept] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def answer(
        self, owner: str, asked: tuple[object, ...], made_of: object, make: Callable[[], Mapping[str, Any]]
    ) -> Answer:
        """The document that was made of the very same before, or one that is made now.

        Args:
            owner: whose document it is; nobody else is answered with it.
            asked: what tells it apart from the other documents of its owner: what it shows of which record.
            made_of: small, and read just now: whatever can change in the document differs in it. Records that are
                stored once and for all are told by their id and the moment at which they were stored.
            make: the document.
        """
        key = (owner, *asked)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept.made_of == made_of:
                self._kept.move_to_end(key)
                return Answer(kept.encoded)
        encoded = Encoded.of(make())
        self._keep(key, _Kept(made_of, encoded))
        return Answer(encoded)

    def _keep(self, key: tuple[object, ...], made: _Kept) -> None:
        with self._lock:
            before = self._kept.pop(key, None)
            self._size -= before.size if before else 0
            if made.size > self._largest:
                return
            self._kept[key] = made
            self._size += made.size
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1].size
