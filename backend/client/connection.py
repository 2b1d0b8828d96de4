"""Sends requests to one server: signed in, tried again where that is safe, and answered in closed records."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx2
from pydantic import ValidationError

from backend.client.problems import Problem, problem_in
from backend.domain.errors import InvalidInput, Unavailable
from backend.domain.record import Record

PREFIX = "/api/v1"
TIMEOUT = httpx2.Timeout(10.0, read=120.0)
"""Seconds; a backtest on data that nobody has fetched yet takes its time."""

PASSING = (409, 429, 503)
"""Statuses that may pass; only with a ``Retry-After``, for most conflicts stay."""

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Patience:
    """How long a request is tried again.

    Attributes:
        tries: requests at most, the first included.
        first_wait: seconds before the second one; each further wait is twice as long, unless the server says how long.
        longest_wait: seconds; a server that asks for more is not waited for.
        pause: stands still for so many seconds.
    """

    tries: int = 5
    first_wait: float = 0.2
    longest_wait: float = 30.0
    pause: Callable[[float], None] = time.sleep

    def wait_before(self, further: int) -> float:
        """Seconds before the ``further``-th try after the first one, counted from 1."""
        return min(self.first_wait * 2.0 ** (further - 1), self.longest_wait)


class Connection:
    """Requests to one server in the name of one account.

    Args:
        url: where the server listens, such as ``http://127.0.0.1:8000``.
        token: of the account; None where nobody signs in.
        http: what sends requests; closing it is its owner's business.
        patience: how long a request is tried again.
    """

    def __init__(self, url: str, token: str | None, http: httpx2.Client, patience: Patience) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = http
        self.patience = patience

    def read(self, answer: type[R], path: str, **query: object) -> R:
        """What is to be read there. Raises Problem; Unavailable when nobody answers."""
        return parsed(answer, self.get(path, **query))

    def get(self, path: str, **query: object) -> httpx2.Response:
        """The answer as it came; parameters that are None are left out."""
        return self._tried(lambda: self._request("GET", path, params=_given(query)))

    def write(self, answer: type[R], method: str, path: str, body: Record | None = None) -> R:
        """Do something once, however often it must be sent. Raises Problem; Unavailable when nobody answers."""
        return parsed(answer, self.send(method, path, body))

    def send(self, method: str, path: str, body: Record | None = None, **headers: str) -> httpx2.Response:
        """The answer to a write as it came.

        Args:
            method: of HTTP.
            path: below the prefix.
            body: sent without what was not stated.
            headers: to send along.
        """
        headers |= {"Idempotency-Key": new_key()}
        content = None if body is None else body.model_dump_json(by_alias=True, exclude_unset=True)
        if content is not None:
            headers["Content-Type"] = "application/json"
        return self._tried(lambda: self._request(method, path, headers=headers, content=content))

    def delete(self, answer: type[R], path: str, **query: object) -> R:
        """Delete something once, however often it must be said. Raises Problem; Unavailable when nobody answers."""
        headers = {"Idempotency-Key": new_key()}
        return parsed(answer, self._tried(lambda: self._request("DELETE", path, headers=headers, params=_given(query))))

    def upload(self, answer: type[R], path: str, file: Path, fields: Mapping[str, str]) -> R:
        """Send a file with the fields of a form, anew from its beginning each time that it must be sent."""
        headers = {"Idempotency-Key": new_key()}

        def sent() -> httpx2.Response:
            with file.open("rb") as opened:
                files = {"file": (file.name, opened)}
                return self._request("POST", path, headers=headers, data=fields, files=files)

        return parsed(answer, self._tried(sent))

    @property
    def at_once(self) -> "Connection":
        """The same, where nothing is tried again."""
        return Connection(self._url, self._token, self._http, replace(self.patience, tries=1))

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str], timeout: httpx2.Timeout) -> Iterator[httpx2.Response]:
        """An answer that arrives bit by bit. Raises Problem; transport errors of httpx2 are not caught."""
        url, sent = self._address(path), {**self._headers, **headers}
        with self._http.stream("GET", url, headers=sent, timeout=timeout) as response:
            if response.is_error:
                response.read()
                raise problem_in(response)
            yield response

    def _request(self, method: str, path: str, **given: Any) -> httpx2.Response:
        headers = self._headers | given.pop("headers", {})
        return self._http.request(method, self._address(path), headers=headers, timeout=TIMEOUT, **given)

    def _address(self, path: str) -> str:
        return f"{self._url}{path}" if path.startswith("/") else f"{self._url}{PREFIX}/{path}"

    def _tried(self, request: Callable[[], httpx2.Response]) -> httpx2.Response:
        for further in range(1, self.patience.tries):
            wait = self.patience.wait_before(further)
            try:
                return _checked(request())
            except httpx2.TransportError:
                self.patience.pause(wait)
            except _Passing as passing:
                if passing.wait > self.patience.longest_wait:
                    raise passing.problem from None
                self.patience.pause(max(wait, passing.wait))
        try:
            return _checked(request())
        except httpx2.TransportError as error:
            raise self.away(error) from error
        except _Passing as passing:
            raise passing.problem from None

    def away(self, error: Exception) -> Unavailable:
        """What to raise when nobody answers."""
        hint = "see whether it runs (backproof serve), and whether the address is right"
        return Unavailable(f"No server answers at {self._url} ({type(error).__name__}).", hint)


class _Passing(Exception):
    """An answer to wait for; ``wait`` is in seconds."""

    def __init__(self, problem: Problem, wait: float) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.wait = wait


def _checked(response: httpx2.Response) -> httpx2.Response:
    if not response.is_error:
        return response
    asked = response.headers.get("Retry-After", "")
    if response.status_code in PASSING and asked.isdecimal():
        raise _Passing(problem_in(response), float(asked))
    raise problem_in(response)


def parsed(answer: type[R], response: httpx2.Response) -> R:
    """The record in an answer. Raises InvalidInput where the server is of another version."""
    return record_in(answer, response.content)


def record_in(answer: type[R], text: str | bytes) -> R:
    """The record that a server wrote. Raises InvalidInput where the server is of another version."""
    try:
        return answer.model_validate_json(text)
    except ValidationError as error:
        told = f"The server's {answer.__name__} is not as this client knows it: {_first_fault(error)}."
        raise InvalidInput(told, "use a client of the server's version") from error


def stated(record: type[R], given: Mapping[str, object]) -> R:
    """A body made of what was stated; what is None is left out. Raises InvalidInput, naming the first fault."""
    try:
        return record.model_validate(_given(given))
    except ValidationError as error:
        raise InvalidInput(f"{_first_fault(error)}.", f"see the fields of {record.__name__}") from error


def _first_fault(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place or 'the body'}: {first['msg'].removeprefix('Value error, ')}"


def part(id: str) -> str:
    """An id as one part of a path."""
    return quote(id, safe="")


def new_key() -> str:
    """A key under which a request may be sent again."""
    return uuid4().hex


def _given(values: Mapping[str, object]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
