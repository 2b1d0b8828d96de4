"""Rules for text that a model writes for people: it is short, plain, and holds no number of its own."""

import unicodedata

from backend.domain.errors import InvalidInput


def refuse_digits(text: str, place: str) -> None:
    """Refuse numbers in words that a model wrote: the program alone states numbers, from what is stored.

    Raises:
        InvalidInput: naming the place and the number.
    """
    found = next((word for word in text.split() if any(unicodedata.category(part)[0] == "N" for part in word)), None)
    if found is not None:
        raise InvalidInput(f'{place}: "{found[:40]}" has a number in it.', "say it in words, without any digit")
