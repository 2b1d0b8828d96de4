"""What a failed request to a model means: in words without keys, headers or bodies, and whether to ask again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from backend.domain.errors import ModelAway
from backend.domain.models import ModelChoice

LONGEST_RETRY_AFTER_S = 120.0
"""A server that wants a longer rest is away."""

UNSENT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "InvalidURL", "UnsupportedProtocol"}
"""Errors after which the server has not even seen the request; by name, httpx and its successor share them."""

UNSENDABLE = {"LocalProtocolError", "UnicodeEncodeError"}
TIMED_OUT = {"TimeoutException", "TimeoutError", "APITimeoutError", "ModelTimeoutError"}
BROKEN_OFF = {"TransportError", "APIConnectionError", "ModelConnectionError", "OSError"}
NO_COMPLETION = {"ValueError", "TypeError", "LookupError", "AttributeError"}
"""What LangChain raises over an answer that it cannot read."""

BY_NAME = {
    "ModelAuthenticationError": 401,
    "ModelPermissionDeniedError": 403,
    "ModelNotFoundError": 404,
    "ModelRateLimitError": 429,
    "ModelAPIError": 502,
    "ModelInvalidRequestError": 400,
    "ContextOverflowError": 400,
}

FREE_SERVER_ERRORS = {500, 501, 503, 529}
"""The model itself said that it did not answer; a gateway's 502 or 504 does not know."""


@dataclass(frozen=True)
class Fault:
    """A request that brought no reply.

    Attributes:
        message, hint: what is wrong and what to do about it, for people.
        again: whether asking again may help.
        free: the model has certainly not worked on it; otherwise it counts as if it had.
        rest: seconds that the server wants to be left alone; None where it said nothing.
    """

    message: str
    hint: str = ""
    again: bool = False
    free: bool = False
    rest: float | None = None

    def error(self) -> ModelAway:
        """As it is raised."""
        return ModelAway(self.message, self.hint)


def no_reply_within(choice: ModelChoice, seconds: float) -> Fault:
    """The server took too long."""
    hint = "try again later, or raise BACKPROOF_MODEL_TIMEOUT"
    return Fault(f"The model {choice.label} did not reply within {seconds:g} s.", hint, again=True)


def fault_of(error: BaseException, choice: ModelChoice, timeout: float, now: datetime) -> Fault:
    """What an error of a provider's client means; an error that is no client's is raised as it is."""
    errors = list(_behind(error))
    status = next((found for found in map(_status, errors) if found), None) or _told_by_name(errors)
    if status is not None:
        return _of_status(status, errors, choice, now)
    fault = _without_reply(errors, choice, timeout)
    if fault is not None:
        return fault
    if type(error).__module__.partition(".")[0] in {"builtins", "backend"}:
        raise error
    return Fault(f"The client of the model {choice.label} failed ({type(error).__name__}).", "try again later")


def _without_reply(errors: list[BaseException], choice: ModelChoice, timeout: float) -> Fault | None:
    """Where there was no answer with a status; None for an error that is no client's."""
    name, names = choice.label, {kind.__name__ for behind in errors for kind in type(behind).__mro__}
    if names & TIMED_OUT and not names & UNSENT:
        return no_reply_within(choice, timeout)
    place = choice.endpoint or "the network"
    shape = "does its address lead to chat completions as OpenAI has them?"
    known = (
        (
            UNSENDABLE,
            Fault(f"The key or the address of the model {name} cannot be sent.", "look for odd characters", free=True),
        ),
        (
            UNSENT,
            Fault(f"The model {name} cannot be reached.", f"is {place} reachable from here?", again=True, free=True),
        ),
        (BROKEN_OFF, Fault(f"The connection to the model {name} broke off.", "try again later", again=True)),
        (
            {"APIError"},
            Fault(f"The model {name} broke its reply off with an error.", "try again later", again=True),
        ),
        (NO_COMPLETION, Fault(f"The model {name} answers with something that is no chat completion.", shape)),
    )
    return next((fault for kinds, fault in known if names & kinds), None)


def _of_status(status: int, errors: list[BaseException], choice: ModelChoice, now: datetime) -> Fault:
    name = choice.label
    if status in {401, 403}:
        key = "OPENAI_API_KEY" if choice.provider == "openai" else f"the key of {choice.provider}"
        return Fault(f"The model {name} refuses the key ({status}).", f"check {key}", free=True)
    if status == 404:
        hint = "check BACKPROOF_MODEL, and the address of the server if you stated one"
        return Fault(f"There is no model {name} at its server, or it is closed to you (404).", hint, free=True)
    if _has_word(errors, "insufficient_quota") or status == 402:
        return Fault(f"The account behind {name} has no money left ({status}).", "top it up with its maker", free=True)
    if status in {408, 409, 429} or status >= 500:
        return _busy(status, errors, name, now)
    if status < 400:
        return Fault(
            f"The address of the model {name} leads elsewhere ({status}).", "state the address it leads to", free=True
        )
    return _refused(status, errors, choice)


def _busy(status: int, errors: list[BaseException], name: str, now: datetime) -> Fault:
    rest = next((found for found in (_rest(behind, now) for behind in errors) if found is not None), None)
    says = "asks for a rest" if status == 429 else "has an error of its own"
    again = rest is None or rest <= LONGEST_RETRY_AFTER_S
    free = status < 500 or status in FREE_SERVER_ERRORS
    return Fault(f"The model {name} {says} ({status}).", "try again later", again=again, free=free, rest=rest)


def _refused(status: int, errors: list[BaseException], choice: ModelChoice) -> Fault:
    name = choice.label
    if _has_word(errors, "context_length_exceeded") or _named(errors, "ContextOverflowError"):
        return Fault(
            f"The request is longer than the model {name} can read.", "choose a model with a longer context", free=True
        )
    hints = {
        "structured": "it may not know strict schemas: set BACKPROOF_MODEL_OUTPUT=tools, or =plain; or it may take no "
        "tools: set BACKPROOF_MODEL_TOOLS=false",
        "tools": "it may not take tools: set BACKPROOF_MODEL_OUTPUT=structured, or =plain",
        "plain": "is BACKPROOF_MODEL_MAX_OUTPUT more than it can say?",
    }
    return Fault(f"The model {name} refuses the form of the request ({status}).", hints[choice.output], free=True)


def _behind(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from, the nearest first."""
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    return status if isinstance(status, int) and status >= 300 else None


def _told_by_name(errors: list[BaseException]) -> int | None:
    """The status that LangChain's own errors stand for, whoever the provider is."""
    return next((status for name, status in BY_NAME.items() if _named(errors, name)), None)


def _has_word(errors: list[BaseException], code: str) -> bool:
    return any(getattr(behind, "code", None) == code for behind in errors)


def _named(errors: list[BaseException], name: str) -> bool:
    return any(kind.__name__ == name for behind in errors for kind in type(behind).__mro__)


def _rest(error: BaseException, now: datetime) -> float | None:
    headers: Any = getattr(getattr(error, "response", None), "headers", None) or {}
    for header, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        stated = str(headers.get(header) or "").strip()
        if stated.replace(".", "", 1).isdecimal():
            return float(stated) * unit
    try:
        return max(0.0, (parsedate_to_datetime(headers.get("retry-after")) - now).total_seconds())
    except (TypeError, ValueError):
        return None
