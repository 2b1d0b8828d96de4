"""Decides whether a text is about a symbol: by its cashtag, or by its bare ticker where that is no word.

A cashtag counts in any case: ``$AAPL``, ``$aapl``. A bare ticker counts in capitals alone, from three letters on, and
unless people write it in capitals anyway (``ALL``, ``NOW``, ``CEO``): those need the cashtag, as ``T`` and ``GM`` do.
Neither may be a part of something longer, as ``BRK`` in ``BRK.B``.
"""

import re
from functools import lru_cache

SHORTEST_BARE = 3
"""Letters from which on a bare ticker is told from initials and words such as A, IT or ON."""

_WORDS = """
    ALL AND ANY ARE ASAP ATH ATM BAD BAN BEST BIG BRO BUT BUY CAN CAR CASH CAT CEO CFO COIN COST CPI DAY DID DOG
    DOW EAT EDIT EOD EPS ETF FAST FDA FED FOMO FOR FREE FUN FUND FYI GAIN GDP GET GOLD GOOD HAS HERE HIGH HODL HOLD
    HOPE HUGE IMHO IMO INFO IPO IRA ITM LAST LIFE LINK LIVE LOAN LOL LOSS LOVE LOW MAIN MAN MOON NEW NEXT NICE NOT
    NOW NYSE OLD OMG ONE OPEN OTC OTM OUT PAY PLAY POST PUMP PUT REAL RIDE RIP ROTH RSI RUN SAFE SALE SAVE SEC SEE
    SELL SHE SPOT STAY TAX TBH TECH THE TLDR TOP TRUE TWO USA USD VERY WAR WAY WELL WHO WOW WTF YES YOLO YOU
"""
WORDS_IN_CAPITALS = frozenset(_WORDS.split())
"""English words and the slang of forums that are, or may become, tickers."""

BEFORE = r"(?<![A-Za-z0-9_$])(?<![A-Za-z0-9][.\-])"
AFTER = r"(?![A-Za-z0-9_]|[.\-][A-Za-z0-9])"


def mentions(symbol: str, text: str) -> bool:
    """Whether the text names the symbol, which is given in capitals."""
    return _pattern(symbol).search(text) is not None


def needs_cashtag(symbol: str) -> bool:
    """Whether the bare ticker could be something else."""
    return sum(map(str.isalpha, symbol)) < SHORTEST_BARE or symbol in WORDS_IN_CAPITALS


@lru_cache(maxsize=256)
def _pattern(symbol: str) -> re.Pattern[str]:
    ticker = re.escape(symbol)
    bare = "" if needs_cashtag(symbol) else f"|{ticker}"
    return re.compile(rf"{BEFORE}(?:\$(?i:{ticker}){bare}){AFTER}")
