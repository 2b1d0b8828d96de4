"""Ids of a request that may be sent twice: the same key leads to the same ids, so that nothing is made twice."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

from backend.domain.errors import NotFound
from backend.domain.jobs import Job, JobKind
from backend.services.jobs import Jobs

Found = TypeVar("Found")

LENGTH = 12
"""Hexadecimal digits of an id."""


@dataclass(frozen=True)
class KeyedRequest:
    """A request that was sent under a key.

    Attributes:
        owner: who sent it.
        key: under which it may be sent again.
        repeated: it was begun before and cut short, so some of its records may be stored already.
    """

    owner: str
    key: str
    repeated: bool = False
    _made: Counter[str] = field(default_factory=Counter, init=False, repr=False)

    def next_id(self, prefix: str) -> str:
        """The first, second, ... id of that prefix in this request."""
        self._made[prefix] += 1
        return self.nth_id(prefix, self._made[prefix])

    def nth_id(self, prefix: str, n: int) -> str:
        """The ``n``-th id of that prefix, counted from 1."""
        text = "\0".join((self.owner, self.key, prefix, str(n)))
        return f"{prefix}_{sha256(text.encode()).hexdigest()[:LENGTH]}"


_served: ContextVar[KeyedRequest | None] = ContextVar("keyed_request", default=None)


def new_id(prefix: str) -> str:
    """A fresh id, e.g. ``ses_1f0c9a2b7d43``: random, or told by the key of the request that is being served."""
    request = _served.get()
    return f"{prefix}_{secrets.token_hex(LENGTH // 2)}" if request is None else request.next_id(prefix)


@contextmanager
def serving(request: KeyedRequest) -> Iterator[None]:
    """Whatever is made inside has ids that the key of this request tells."""
    token = _served.set(request)
    try:
        yield
    finally:
        _served.reset(token)


def repeating() -> bool:
    """Whether the request that is being served was begun before and cut short."""
    request = _served.get()
    return request is not None and request.repeated


def done_before(prefix: str, load: Callable[[str], Found]) -> Found | None:
    """What an earlier try of the same request has stored; None where there was none, or it came less far.

    Args:
        prefix: of the id of the record that the request makes first, e.g. ``ses``.
        load: finds the record of an id; raises NotFound.
    """
    request = _served.get()
    if request is None or not request.repeated:
        return None
    try:
        return load(request.nth_id(prefix, 1))
    except NotFound:
        return None


def queued_once(
    jobs: Jobs, owner: str, kind: JobKind, subject_id: str | None = None, arguments: dict[str, Any] | None = None
) -> Job:
    """The job that an earlier try of the same request has stored, or else a new one; raises what ``queue`` does."""
    return done_before("job", lambda job_id: jobs.load(owner, job_id)) or jobs.queue(owner, kind, subject_id, arguments)
