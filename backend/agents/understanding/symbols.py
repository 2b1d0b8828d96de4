"""Which symbol: stated beside the request, cashtags, tickers in the place of one, and names of companies."""

import re
from collections.abc import Collection, Iterable

from backend.agents.understanding.companies import COMPANIES, LARGE_TICKERS, NOT_TICKERS
from backend.agents.understanding.lexicon import STOP_WORDS
from backend.agents.understanding.reading import Reading, words
from backend.domain.errors import InvalidInput
from backend.domain.symbols import is_symbol

_TICKER = re.compile(r"[A-Z]{1,5}([.-][A-Z])?")
_PLACES = words(
    "on for of trade trades trading buy buys buying sell selling short shorting hold holding stock ticker symbol"
)
_LINKS = words("and or with vs versus , &")


def stated_symbols(symbols: Iterable[str]) -> tuple[str, ...]:
    """Symbols stated beside the request, in upper case, each once.

    Raises:
        InvalidInput: one of them cannot be a symbol.
    """
    found = []
    for text in symbols:
        symbol = text.strip().lstrip("$").upper()
        if not is_symbol(symbol):
            raise InvalidInput(f'"{text[:40]}" is not a symbol.', "write a ticker like AAPL")
        found.append(symbol)
    return tuple(dict.fromkeys(found))


def read_symbols(reading: Reading, known: Collection[str]) -> tuple[str, ...]:
    """The symbols that the request names, in its order; their tokens are used.

    Args:
        reading: what no other rule has used; a word that a rule has used is no symbol.
        known: symbols that the data sources can list; a source that lists none serves others too.
    """
    found: list[str] = []
    position = 0
    while position < len(reading):
        taken = _symbol_at(reading, position, known)
        if taken is None:
            position += 1
            continue
        symbol, stop = taken
        found.append(symbol)
        reading.use(position, stop)
        position = stop
    return tuple(dict.fromkeys(found))


def _symbol_at(reading: Reading, position: int, known: Collection[str]) -> tuple[str, int] | None:
    cashtag = reading.token(position, "cashtag")
    if cashtag is not None:
        return cashtag.text[1:].upper(), position + 1
    company = COMPANIES.at(reading, position)
    if company is not None:
        tickers, stop = company
        return next((ticker for ticker in tickers if ticker in known), tickers[0]), stop
    token = reading.token(position, "word")
    if token is not None and _is_ticker(reading, position, token.text, known):
        return token.text.upper(), position + 1
    return None


def _is_ticker(reading: Reading, position: int, text: str, known: Collection[str]) -> bool:
    """Upper case among known or large ones anywhere; any ticker where one must stand; known ones there in any case."""
    if reading.tokens[position].word in STOP_WORDS or text in NOT_TICKERS:
        return False
    if text in known or text in LARGE_TICKERS:
        return True
    if not _in_place(reading, position):
        return False
    return text.upper() in known or _TICKER.fullmatch(text) is not None


def _in_place(reading: Reading, position: int) -> bool:
    """Whether the word before asks for a symbol, directly or through a list of others."""
    before = position - 1
    while before >= 1 and reading.tokens[before].word in _LINKS and not reading.free(before - 1):
        before -= 2
    return before >= 0 and reading.tokens[before].word in _PLACES
