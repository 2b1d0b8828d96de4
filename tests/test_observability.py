"""Nothing that is logged holds a secret, and a line goes where it is read."""

import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO

import pytest
import structlog

from backend.observability import (
    MASK,
    configure_logging,
    keep_secret,
    mask,
    mask_secrets,
    trace_only_when_asked,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://ann:s3cret@db/x", f"postgresql://{MASK}@db/x"),
        ("sqlite:////tmp/a.sqlite", "sqlite:////tmp/a.sqlite"),
        ("Authorization: Bearer abc.def", f"Authorization: {MASK}"),
        ("key sk-abcdefgh12345678 used", f"key {MASK} used"),
        ("eyJhbGciOi.eyJzdWIi.c2ln", MASK),
        ("redis://:hush-hush@cache:6379/0", f"redis://{MASK}@cache:6379/0"),
        ("host=db password=hush-hush dbname=x", f"host=db password={MASK} dbname=x"),
        ("key sk-proj-Ab12_cd34-ef used", f"key {MASK} used"),
        ("Incorrect API key provided: sk-proj-****wxyz.", f"Incorrect API key provided: {MASK}."),
        ("xai-abcdef123456 gsk_abcdef123456 AIzaSyA1234567890bcd", f"{MASK} {MASK} {MASK}"),
        ("{'Authorization': 'Basic YWJjOmRlZg=='}", f"{{'Authorization': '{MASK}'}}"),
        ("the token bp_0123456789ab_Ab-_9 opens", f"the token {MASK} opens"),
        ("{'api-key': 'abc123def', 'x': 1}", f"{{'api-key': '{MASK}', 'x': 1}}"),
        ("x-api-key: abc123def", f"x-api-key: {MASK}"),
        ("GET https://host/v1?api_key=abc123&x=1", f"GET https://host/v1?api_key={MASK}&x=1"),
        ("sma(close, 20) - ask-price > 0, task-force", "sma(close, 20) - ask-price > 0, task-force"),
    ],
)
def test_secrets_are_masked_by_their_shape(text: str, expected: str) -> None:
    assert mask(text) == expected


def test_secrets_are_masked_by_the_name_of_their_field() -> None:
    event = {"event": "store.opened", "api_key": "plain", "rows": 3}
    assert mask_secrets(None, "info", event) == {"event": "store.opened", "api_key": MASK, "rows": 3}


def test_numbers_stay_and_what_is_nested_is_masked_too() -> None:
    event = {"tokens_in": 512, "headers": {"authorization": "Token abc"}, "parts": ["Bearer abc"], "model": "openai:x"}
    assert mask_secrets(None, "info", event) == {
        "tokens_in": 512,
        "headers": {"authorization": MASK},
        "parts": [MASK],
        "model": "openai:x",
    }


@pytest.fixture
def configured() -> Iterator[None]:
    before, factory = structlog.get_config(), logging.getLogRecordFactory()
    yield
    structlog.configure(**before)
    logging.setLogRecordFactory(factory)
    keep_secret(())


@pytest.mark.usefixtures("configured")
def test_the_values_of_configured_secrets_are_masked_whatever_they_look_like(caplog: pytest.LogCaptureFixture) -> None:
    heard = StringIO()
    with redirect_stderr(heard):
        configure_logging("warning", secrets=["plain-words-of-mine", "plain-words-of-mine-too", "none"])
        try:
            int("plain-words-of-mine-too")
        except ValueError:
            structlog.get_logger().exception("call.failed", text="none: plain-words-of-mine")
            logging.getLogger("some.library").exception("sent %s", "plain-words-of-mine")
    assert "plain-words" not in heard.getvalue() + caplog.text
    assert json.loads(heard.getvalue().splitlines()[0])["text"] == f"none: {MASK}"
    assert f"sent {MASK}" in caplog.text
    assert f"ValueError: invalid literal for int() with base 10: '{MASK}'" in caplog.text


@pytest.mark.parametrize(
    ("stated", "traced"),
    [
        ({}, "false"),
        ({"LANGCHAIN_TRACING_V2": "true", "LANGCHAIN_TRACING": "true", "LANGSMITH_TRACING_V2": "true"}, "false"),
        ({"LANGSMITH_TRACING": "true", "LANGCHAIN_HANDLER": "langchain"}, "true"),
    ],
)
def test_only_one_name_turns_traces_of_langchain_on(stated: dict[str, str], traced: str) -> None:
    environment = dict(stated)
    trace_only_when_asked(environment)
    assert environment == dict.fromkeys(("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"), traced)


def test_a_line_goes_to_what_standard_error_is_when_it_is_written() -> None:
    first, second = StringIO(), StringIO()
    before = structlog.get_config()
    try:
        with redirect_stderr(first):
            configure_logging("warning")
            structlog.get_logger().warning("first.line")
        first.close()
        with redirect_stderr(second):
            structlog.get_logger().warning("second.line")
            structlog.get_logger().info("third.line")
    finally:
        structlog.configure(**before)
    (line,) = second.getvalue().splitlines()
    assert json.loads(line)["event"] == "second.line"
