"""Equal texts and authors have equal keys, on every machine and in every run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.post_keys import author_key, text_key

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    "text", ["buy $AAPL now", "BUY $aapl NOW", " buy\n\t$AAPL  now ", "\uff42\uff55\uff59 $AAPL now"]
)
def test_case_width_and_white_space_do_not_matter(text: str) -> None:
    assert text_key(text) == text_key("Buy $AAPL now")


@pytest.mark.parametrize("text", ["buy $AAPL now!", "buy AAPL now", "now buy $AAPL", ""])
def test_words_order_and_signs_do(text: str) -> None:
    assert text_key(text) != text_key("Buy $AAPL now")


def test_keys_are_the_same_in_every_run() -> None:
    # blake2b of no bytes, its first 8 bytes little-endian, by hashlib.blake2b(b"", digest_size=8)
    assert text_key("") == int.from_bytes(bytes.fromhex("e4a6a0577479b2b4"), "little", signed=True)


@given(TEXTS)
def test_every_key_fits_into_64_bits(text: str) -> None:
    assert -(2**63) <= text_key(text) < 2**63
    assert -(2**63) <= author_key(text) < 2**63


@given(TEXTS)
def test_only_an_unknown_author_is_zero(author: str) -> None:
    assert (author_key(author) == 0) == (author.strip() == "")


def test_authors_are_told_apart_by_case() -> None:
    assert author_key("kim") == author_key(" kim ")
    assert author_key("kim") != author_key("Kim")
