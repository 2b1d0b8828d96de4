"""Keys by which equal texts and equal authors are recognised, the same on every machine."""

import unicodedata
from hashlib import blake2b

_SIGNED_64_BITS = 8


def text_key(text: str) -> int:
    """Equal for texts that differ only in case, width of characters and white space.

    Returns:
        A signed 64-bit number.
    """
    return _key(" ".join(unicodedata.normalize("NFKC", text).casefold().split()))


def author_key(author: str) -> int:
    """Equal for equal authors; 0 for an unknown one (an empty name), and for no other.

    Returns:
        A signed 64-bit number.
    """
    name = author.strip()
    return (_key(name) or 1) if name else 0


def _key(text: str) -> int:
    digest = blake2b(text.encode(), digest_size=_SIGNED_64_BITS).digest()
    return int.from_bytes(digest, "little", signed=True)
