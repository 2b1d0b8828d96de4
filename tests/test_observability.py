"""Nothing that is logged holds a secret, and a line goes where it is read."""

import json
from contextlib import redirect_stderr
from io import StringIO

import pytest
import structlog

from backend.observability import MASK, configure_logging, mask, mask_secrets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://ann:s3cret@db/x", f"postgresql://{MASK}@db/x"),
        ("sqlite:////tmp/a.sqlite", "sqlite:////tmp/a.sqlite"),
        ("Authorization: Bearer abc.def", f"Authorization: {MASK}"),
        ("key sk-abcdefgh12345678 used", f"key {MASK} used"),
        ("eyJhbGciOi.eyJzdWIi.c2ln", MASK),
    ],
)
def test_secrets_are_masked_by_their_shape(text: str, expected: str) -> None:
    assert mask(text) == expected


def test_secrets_are_masked_by_the_name_of_their_field() -> None:
    event = {"event": "store.opened", "api_key": "plain", "rows": 3}
    assert mask_secrets(None, "info", event) == {"event": "store.opened", "api_key": MASK, "rows": 3}


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
