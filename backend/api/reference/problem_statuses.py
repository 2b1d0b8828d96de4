"""With which statuses an operation may refuse, for its description."""

from typing import Any, NamedTuple

STATED = "x-problems"


class Kind(NamedTuple):
    """A kind of problem as the description names it."""

    name: str
    description: str


PROBLEMS: dict[int, Kind] = {
    400: Kind("BadRequest", "The address or the body cannot be read."),
    401: Kind("Unauthorized", "Nobody is signed in, or with something that does not count."),
    402: Kind("BudgetSpent", "The budget does not allow it."),
    403: Kind("Forbidden", "The request comes from where none may come from."),
    404: Kind("NotFound", "There is none of that id; the hint names one that resembles it."),
    408: Kind("TooSlow", "The body did not come in time."),
    409: Kind("Conflict", "It contradicts what is there, or the same key is being worked on."),
    413: Kind("TooLarge", "The body has more bytes than are taken."),
    414: Kind("AddressTooLong", "The address is longer than any that leads somewhere."),
    415: Kind("Unsupported", "The body is of a media type that is not read here."),
    422: Kind("InvalidInput", "Something in the request does not fit; the problem says what and where."),
    424: Kind("DataUnavailable", "No source has the data."),
    429: Kind("TooMany", "More requests than an account may make; `Retry-After` says when to come back."),
    431: Kind("HeadersTooLong", "The headers are longer than is taken."),
    500: Kind("InternalError", "Something went wrong here."),
    502: Kind("MalformedOutput", "The language model's reply could not be used."),
    503: Kind("Unavailable", "A part that is needed does not answer; `Retry-After` says when to come back."),
}

ALWAYS = (400, 401, 403, 414, 429, 431, 500, 503)


def problems(*statuses: int) -> dict[str, Any]:
    """What a route hands to ``openapi_extra`` when it may refuse in further ways than its parameters tell."""
    return {STATED: list(statuses)}


def statuses_of(operation: dict[str, Any], method: str) -> tuple[int, ...]:
    """Ascending: those of every operation, those that its parts tell, and those that its route states."""
    parameters = operation.get("parameters", [])
    found = {*ALWAYS, *operation.pop(STATED, [])}
    if any(parameter["in"] == "path" for parameter in parameters):
        found |= {404, 422}
    if any(parameter["in"] == "query" for parameter in parameters):
        found.add(422)
    if method in ("post", "put", "patch", "delete"):
        found |= {408, 409, 413, 415, 422}
    return tuple(sorted(found))
