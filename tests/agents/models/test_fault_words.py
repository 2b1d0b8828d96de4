"""What errors of clients mean, whoever made the client."""

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from langchain_core import exceptions as langchain_errors

from backend.agents.models.faults import Fault, fault_of
from tests.agents.models.samples import NOON, choice


class ClientError(Exception):
    """An error of some client, with the answer that it got."""

    def __init__(self, status: int, **headers: str) -> None:
        super().__init__("secret words")
        self.response = httpx.Response(status, headers={name.replace("_", "-"): said for name, said in headers.items()})


ClientError.__module__ = "some_client"


def meant(error: BaseException, **facts: Any) -> Fault:
    return fault_of(error, choice(**facts), 9.0, NOON)


@pytest.mark.parametrize(
    ("headers", "rest", "again"),
    [
        ({}, None, True),
        ({"retry_after": "7"}, 7.0, True),
        ({"retry_after": "0.5"}, 0.5, True),
        ({"retry_after": "120"}, 120.0, True),
        ({"retry_after": "121"}, 121.0, False),
        ({"retry_after_ms": "1500", "retry_after": "9"}, 1.5, True),
        ({"retry_after": format_datetime(NOON + timedelta(seconds=30), usegmt=True)}, 30.0, True),
        ({"retry_after": format_datetime(NOON - timedelta(seconds=30), usegmt=True)}, 0.0, True),
        ({"retry_after": "soon"}, None, True),
        ({"retry_after": "-3"}, None, True),
    ],
)
def test_how_long_to_rest(headers: dict[str, str], rest: float | None, again: bool) -> None:
    fault = meant(ClientError(429, **headers))
    assert (fault.rest, fault.again, fault.free) == (rest, again, True)


@pytest.mark.parametrize(
    ("name", "words", "again"),
    [
        ("ModelAuthenticationError", "refuses the key", False),
        ("ModelNotFoundError", "There is no model", False),
        ("ModelRateLimitError", "asks for a rest", True),
        ("ModelAPIError", "an error of its own", True),
        ("ModelTimeoutError", "did not reply within 9 s", True),
        ("ModelConnectionError", "broke off", True),
        ("ModelInvalidRequestError", "refuses the form of the request", False),
        ("ContextOverflowError", "longer than the model", False),
    ],
)
def test_errors_of_any_provider(name: str, words: str, again: bool) -> None:
    error = getattr(langchain_errors, name)("sk-secret in the message")
    fault = meant(error, provider="anthropic")
    assert words in fault.message
    assert fault.again is again
    assert "sk-secret" not in str(fault)


def test_the_cause_is_looked_at() -> None:
    request = httpx.Request("POST", "http://x")
    outer = RuntimeError("a wrapper")
    outer.__cause__ = httpx.ConnectError("no", request=request)
    assert (meant(outer).free, meant(outer).again) == (True, True)
    outer.__cause__ = httpx.ReadTimeout("no", request=request)
    assert "did not reply within 9 s" in meant(outer).message
    assert not meant(outer).free


def test_what_no_client_raises_is_raised_as_it_is() -> None:
    with pytest.raises(AssertionError):
        meant(AssertionError("ours"))


def test_an_error_that_nobody_knows_is_told_by_its_name() -> None:
    class OddError(Exception):
        pass

    OddError.__module__ = "some_client"
    assert meant(OddError("sk-secret")).message == "The client of the model openai:scripted-model failed (OddError)."
