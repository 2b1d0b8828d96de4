"""What may be the symbol of something traded."""

import re

_SYMBOL = re.compile(r"\^?[A-Z0-9][A-Z0-9.=\-]{0,19}")


def is_symbol(text: str) -> bool:
    """Whether it is written like a ticker, an index such as ^GSPC, or what else Yahoo serves, in upper case."""
    return _SYMBOL.fullmatch(text) is not None
