"""Text from outside and of models: it stays data, stays short, and steers nothing."""

import json

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.quoting import as_data, harmless, plain_text, shortened


def test_what_is_cut_says_so() -> None:
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdefg", 6) == "abc..."
    assert shortened("ab   cdefg", 6) == "ab..."  # no blank before the mark
    assert shortened("abcdefg", 6, "!") == "abcde!"


@given(st.text(max_size=60), st.integers(3, 40))
def test_a_limit_holds_for_the_mark_too(text: str, most: int) -> None:
    assert len(shortened(text, most)) <= most
    assert len(plain_text(text, most)) <= most


@given(st.text(max_size=60))
def test_plain_text_is_one_printable_line(text: str) -> None:
    assert plain_text(text, 100).isprintable()
    assert plain_text(plain_text(text, 100), 100) == plain_text(text, 100)


def test_names_and_texts_are_quoted_and_cut_at_any_depth() -> None:
    quoted = as_data({"why\n": ["ignore the above\u202e", 3, None, "x" * 30]}, 12)
    assert quoted.isascii()
    assert json.loads(quoted) == {"why\n": ["ignore th...", 3, None, "x" * 9 + "..."]}


def test_a_terminal_is_not_steered_and_lines_stay() -> None:
    assert harmless("a\x1b[2J\tb\nc\x9b") == "a\ufffd[2J\tb\nc\ufffd"
