"""Every error as a problem document (RFC 9457), with its status from one table."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException

from backend.api.documents.problems import STATUSES, title_of
from backend.api.faults import UNREADABLE, shortcoming
from backend.api.hints import over_http
from backend.domain.errors import BackproofError, InvalidInput, kind_among
from backend.observability import mask

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
SHOWN_FAULTS = 20
SHOWN_PATH = 200
REFERENCE = "see the reference at /docs"


class Unauthorized(BackproofError):
    """Nobody is signed in, or with something that does not count."""


class Forbidden(BackproofError):
    """The request comes from where none may come from."""


class TooLarge(BackproofError):
    """The body has more bytes than are taken."""


class TooMany(BackproofError):
    """More requests than an account may make in this time.

    Args:
        message, hint: as of every error.
        wait: seconds after which one is answered again.
    """

    def __init__(self, message: str, hint: str = "", wait: int = 1) -> None:
        super().__init__(message, hint)
        self.wait = wait


class Unsupported(BackproofError):
    """The body is of a media type that is not read here."""


STATUS: dict[type[BackproofError], int] = {
    **STATUSES,
    Unauthorized: 401,
    Forbidden: 403,
    TooLarge: 413,
    TooMany: 429,
    Unsupported: 415,
}
"""The status of each class of error; one that is not here has that of the nearest class above it."""

RETRY_AFTER = 5
"""Seconds after which something that is away may be back."""

_TITLES = {400: "Bad request", 404: "Not found", 405: "Method not allowed", 500: "Internal error"}


def problem(error: BackproofError) -> Response:
    """The answer to a request that ended with an error that people are told."""
    kind = kind_among(error, STATUS)
    status = STATUS.get(kind, 500)
    headers = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.wait)
    elif status == 503:
        headers["Retry-After"] = str(RETRY_AFTER)
    elif status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    detail, hint = (mask(over_http(text)) for text in (error.message, error.hint))
    return answer(status, title_of(kind), detail, hint, headers=headers)


def answer(
    status: int,
    title: str,
    detail: str,
    hint: str = "",
    *,
    faults: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document.

    Args:
        status: of HTTP.
        title: the kind of problem, the same for each of its kind.
        detail: what is wrong here, in one sentence.
        hint: what would be right.
        faults: of a body or of parameters, each with its ``place`` and ``message``.
        headers: to send along.
    """
    document: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail, "hint": hint}
    if faults:
        document["faults"] = list(faults)
    return Response(json.dumps(document), status, dict(headers or {}), MEDIA_TYPE)


def install_error_handlers(app: FastAPI) -> None:
    """Let every error leave as a problem document."""
    app.add_exception_handler(BackproofError, _told)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _of_routing)
    app.add_exception_handler(Exception, _own_fault)


async def _told(_request: Request, error: Exception) -> Response:
    assert isinstance(error, BackproofError)
    return problem(error)


async def _not_valid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [_fault(one) for one in _own(error.errors())[:SHOWN_FAULTS]]
    first = faults[0]
    detail = f"{first['place'] or 'The body'} {first['message']}."
    return answer(422, title_of(InvalidInput), detail, REFERENCE, faults=faults)


def _own(errors: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Without lists that count as too short because an entry of theirs does not fit."""
    places = [error["loc"] for error in errors]
    return [
        error
        for error in errors
        if error["type"] != "too_short" or not any(_within(place, error["loc"]) for place in places)
    ]


def _within(place: tuple[Any, ...], whole: tuple[Any, ...]) -> bool:
    return len(place) > len(whole) and place[: len(whole)] == whole


def _fault(error: Mapping[str, Any]) -> dict[str, str]:
    named = [str(part) for part in error["loc"][1:] if not str(part).startswith("(")]  # what of several was meant
    place = ".".join(named) if error["type"] != UNREADABLE else ""
    return {"place": mask(place[:200]), "message": mask(shortcoming(error)[:500])}


async def _of_routing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status, place = error.status_code, mask(request.url.path[:SHOWN_PATH])
    said = {
        400: "The body cannot be read.",
        404: f"There is nothing at {place}.",
        405: f"There is no {request.method} at {place}.",
    }
    detail = said.get(status, mask(str(error.detail)))
    headers = {"Allow": ", ".join(sorted(_methods_at(request)))} if status == 405 else error.headers
    return answer(status, _TITLES.get(status, "Refused"), detail, REFERENCE, headers=headers)


def _methods_at(request: Request) -> set[str]:
    """What there is at the path: the routing itself names only what the first route of several offers."""
    path, found = request.url.path, iter_route_contexts(request.app.routes)
    return {method for route in found if route.path_regex.match(path) for method in route.methods or ()}


async def _own_fault(request: Request, error: Exception) -> Response:
    log.error("request.failed", method=request.method, path=request.url.path, exc_info=error)
    return answer(500, _TITLES[500], "Something went wrong here; it was written to the log.", "try again, or report it")
