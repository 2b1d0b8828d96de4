"""Nothing that is logged holds a secret."""

import pytest

from backend.observability import MASK, mask, mask_secrets


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
