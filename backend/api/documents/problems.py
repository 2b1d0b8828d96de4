"""What every refusal looks like (RFC 9457)."""

from pydantic import ConfigDict

from backend.domain.errors import (
    BackproofError,
    BudgetSpent,
    Cancelled,
    Conflict,
    DataUnavailable,
    InvalidInput,
    MalformedOutput,
    NotFound,
    Unavailable,
)
from backend.domain.record import Record

STATUSES: dict[type[BackproofError], int] = {
    InvalidInput: 422,
    NotFound: 404,
    Conflict: 409,
    DataUnavailable: 424,
    Unavailable: 503,
    MalformedOutput: 502,
    BudgetSpent: 402,
    Cancelled: 409,
}
"""The status of each class of the domain's errors; one that is not here has that of the nearest class above it."""


def title_of(kind: type[BackproofError]) -> str:
    """``InvalidInput`` as ``Invalid input``."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind.__name__)
    return spaced.strip().capitalize()


class Fault(Record):
    """One part of a request that does not fit.

    Attributes:
        place: path of the field, such as ``execution.costs.slippage``, or name of the parameter.
    """

    place: str
    message: str


class Problem(Record):
    """Why a request was refused, and what would be right.

    Attributes:
        type: always ``about:blank``: the status says what kind it is.
        title: of the kind, the same for each of its kind.
        detail: what is wrong here, in one sentence.
        hint: what to do; may be empty.
        faults: of a body or of parameters; left out elsewhere.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    hint: str
    faults: tuple[Fault, ...] = ()

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not found",
                    "status": 404,
                    "detail": 'There is no session "ses_0000".',
                    "hint": 'did you mean "ses_000d"?',
                }
            ]
        }
    )
