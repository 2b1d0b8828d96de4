"""A text is about a symbol by rules that can be told."""

import pytest

from backend.providers.posts.mentions import mentions, needs_cashtag


@pytest.mark.parametrize(
    "text",
    [
        "$AAPL to the moon",
        "bought $aapl today",
        "AAPL",
        "(AAPL)",
        "AAPL's results",
        "sold MSFT/AAPL.",
        "what about AAPL?",
        "long #AAPL",
        "a\nAAPL\nb",
    ],
)
def test_a_cashtag_in_any_case_or_the_bare_ticker_in_capitals_counts(text: str) -> None:
    assert mentions("AAPL", text)


@pytest.mark.parametrize(
    "text",
    ["aapl", "Aapl", "AAPLE", "XAAPL", "$AAPLX", "$$AAPL", "AAPL.L", "AAPL-USD", "X.AAPL", "AAPL_x", "AAPL2", ""],
)
def test_neither_small_letters_nor_a_part_of_something_longer_counts(text: str) -> None:
    assert not mentions("AAPL", text)


@pytest.mark.parametrize("symbol", ["T", "A", "ON", "GM", "ALL", "NOW", "YOLO", "F"])
def test_what_may_be_a_word_or_initials_needs_the_cashtag(symbol: str) -> None:
    assert needs_cashtag(symbol)
    assert not mentions(symbol, f"I saw {symbol} there")
    assert mentions(symbol, f"I bought ${symbol} there")


def test_a_share_class_is_a_symbol_of_its_own() -> None:
    assert mentions("BRK.B", "BRK.B is cheap")
    assert mentions("BRK.B", "$brk.b is cheap")
    assert not mentions("BRK.B", "BRKXB is cheap")
    assert not mentions("BRK", "BRK.B is cheap")
