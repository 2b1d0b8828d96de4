"""The "did you mean" of every error message."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Name the known words that resemble ``word``.

    Returns:
        ``'did you mean "sma"?'``, or an empty string when nothing resembles it.
    """
    lowered = {name.lower(): name for name in known}
    matches = get_close_matches(word.lower(), lowered, n=2, cutoff=0.6)
    if not matches:
        return ""
    return "did you mean " + " or ".join(f'"{lowered[match]}"' for match in matches) + "?"
