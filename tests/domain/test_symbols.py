"""What may be a symbol."""

import pytest

from backend.domain.symbols import is_symbol


@pytest.mark.parametrize("text", ["A", "AAPL", "BRK.B", "BF-B", "^GSPC", "EURUSD=X", "BTC-USD", "0700.HK"])
def test_tickers_indices_and_pairs_are_symbols(text: str) -> None:
    assert is_symbol(text)


@pytest.mark.parametrize("text", ["", "aapl", "^", "A B", "AAPL,MSFT", "../X", ".A", "Ä", "A" * 21, "AAPL\n"])
def test_anything_else_is_none(text: str) -> None:
    assert not is_symbol(text)
