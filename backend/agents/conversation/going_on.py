"""How many attempts a follow-up asks for, and the words that merely begin a wish."""

from collections.abc import Iterator

from backend.agents.conversation.lexicon import ATTEMPTS, FURTHER, OPENINGS
from backend.agents.understanding.lexicon import NUMBER_WORDS
from backend.agents.understanding.reading import Reading
from backend.domain.errors import InvalidInput

MOST_ITERATIONS = 200


def read_attempts(reading: Reading) -> Iterator[int]:
    """Every stated number of attempts; its tokens are used. Raises InvalidInput for one that cannot be made."""
    for position in range(len(reading)):
        stated = _stated_attempts(reading, position)
        if stated is not None:
            reading.use(position, stated[1])
            yield stated[0]


def skip_openings(reading: Reading) -> bool:
    """Pass over words that begin a wish, such as "can you please"; whether there were any."""
    position = 0
    while (found := OPENINGS.at(reading, position)) is not None or reading.token(position, "pause"):
        stop = found[1] if found else position + 1
        reading.use(position, stop)
        position = stop
    return position > 0


def _stated_attempts(reading: Reading, position: int) -> tuple[int, int] | None:
    """So many as in "10 more attempts", "another five attempts" or "go on for 20 iterations"."""
    first = position + (reading.words(position, position + 1)[:1] in {("another",), ("further",)})
    token, word = reading.token(first, "number"), reading.words(first, first + 1)
    if token is None and (not word or word[0] not in NUMBER_WORDS):
        return None
    stop = first + 1
    further = reading.words(stop, stop + 1)[:1] in {(word,) for word in FURTHER}
    stop += further
    named = reading.words(stop, stop + 1)[:1] in {(word,) for word in ATTEMPTS}
    alone = stop == len(reading) and further == (first == position)
    if not named and not alone:
        return None
    text = token.text if token else f"{NUMBER_WORDS[word[0]]:g}"
    if not text.isdigit() or not 1 <= int(text) <= MOST_ITERATIONS:
        raise InvalidInput(f"{text[:20]} attempts cannot be made.", f"ask for 1 to {MOST_ITERATIONS}")
    return int(text), stop + named
