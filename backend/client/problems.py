"""What the server refuses, as the errors that the rest of Backproof raises, with the status of HTTP beside them."""

from collections.abc import Mapping
from typing import Any

import httpx2

from backend.api.documents.problems import STATUSES, title_of
from backend.domain.errors import BackproofError, InvalidInput, Unavailable

OF_THE_DOOR: Mapping[int, type[BackproofError]] = {413: InvalidInput, 415: InvalidInput, 429: Unavailable}
"""What statuses come to that the door alone answers with; any other is a ``Problem`` and nothing more."""


class Problem(BackproofError):
    """A request that was refused; it is also of the class that says why, such as ``NotFound``.

    Attributes:
        status: of HTTP.
        title: the kind of problem in words.
        faults: of a body or of parameters, each with its ``place`` and ``message``.
    """

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        super().__init__(str(document.get("detail", "")), str(document.get("hint", "")))
        self.status = status
        self.title = str(document.get("title", ""))
        self.faults: tuple[Mapping[str, str], ...] = tuple(document.get("faults", ()))
        self._document = document

    def __reduce__(self) -> Any:
        return problem_of, (self.status, self._document)


def problem_of(status: int, document: Mapping[str, Any]) -> Problem:
    """The error for a problem document."""
    kind = _BY_TITLE.get((status, str(document.get("title")))) or _BY_STATUS.get(status)
    return _CLASSES[kind](status, document) if kind else Problem(status, document)


def problem_in(response: httpx2.Response) -> Problem:
    """The error that an answer tells; one that holds no problem document is told by its status alone."""
    try:
        document = response.json()
    except ValueError:
        document = None
    if not isinstance(document, dict) or "detail" not in document:
        document = {"detail": f"The server answered with status {response.status_code}, and not as Backproof does."}
        document["hint"] = "see whether a Backproof server listens at this address"
    return problem_of(response.status_code, document)


_BY_TITLE = {(status, title_of(kind)): kind for kind, status in STATUSES.items()}
_BY_STATUS = {status: kind for kind, status in reversed(STATUSES.items())} | dict(OF_THE_DOOR)
"""Of two classes with one status the first."""

_CLASSES = {kind: type(kind.__name__, (Problem, kind), {"__doc__": kind.__doc__}) for kind in STATUSES}
"""A problem that is also an error of that kind."""
