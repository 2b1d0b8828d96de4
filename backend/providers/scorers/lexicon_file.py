"""Reads a lexicon file: values of words, and phrases made of classes, alternatives and gaps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.domain.errors import InvalidInput

GAP = ".."
LONGEST_GAP = 3
"""Words that ``..`` may stand for at most."""

Words = frozenset[str]


@dataclass(frozen=True)
class Phrase:
    """Words in a row with a value; None in ``rest`` stands for a gap."""

    rest: tuple[Words | None, ...]
    value: float

    def match(self, words: Sequence[str], ends: Sequence[bool], first: int) -> tuple[int, ...]:
        """Positions of the phrase's words when it starts at ``first``; empty when it does not.

        Args:
            words: normalised words of a text.
            ends: whether a clause ends with the word; a phrase does not go on behind it.
            first: position of the first word, which is known to fit.
        """
        found = [first]
        reach = 0
        for element in self.rest:
            if element is None:
                reach = LONGEST_GAP
                continue
            position = _find(element, words, ends, (found[-1], reach))
            if position is None:
                return ()
            found.append(position)
            reach = 0
        return tuple(found)


@dataclass(frozen=True)
class Lexicon:
    """Values of single words (0: no sentiment word), and phrases by their first word in the order of precedence."""

    words: Mapping[str, float]
    phrases: Mapping[str, tuple[Phrase, ...]]


def parse_lexicon(text: str) -> Lexicon:
    """Read the format that the head of ``finance_lexicon.txt`` describes.

    Raises:
        InvalidInput: a line that is none, an unknown class, or an entry that has two values.
    """
    classes: dict[str, Words] = {}
    values: dict[str, float] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("@"):
            name, _, members = line.partition("=")
            classes[name.strip()] = frozenset(_entries(members))
        elif line.strip() and not _is_comment(line):
            _add(values, line, number)
    words = {entry: value for entry, value in values.items() if _is_word(entry)}
    phrases = [_phrase(entry, value, classes) for entry, value in values.items() if not _is_word(entry)]
    return Lexicon(words, _by_first_word(phrases))


def _find(element: Words, words: Sequence[str], ends: Sequence[bool], start: tuple[int, int]) -> int | None:
    position, reach = start
    for candidate in range(position + 1, min(position + 2 + reach, len(words))):
        if ends[candidate - 1]:
            return None
        if words[candidate] in element:
            return candidate
    return None


def _is_comment(line: str) -> bool:
    return line == "#" or line.startswith("# ")


def _is_word(entry: str) -> bool:
    return not any(mark in entry for mark in " |@#")


def _entries(text: str) -> list[str]:
    return [" ".join(entry.split()) for entry in text.split(",") if entry.strip()]


def _add(values: dict[str, float], line: str, number: int) -> None:
    value, colon, entries = line.partition(":")
    try:
        amount = float(value)
    except ValueError:
        colon = ""
    if not colon:
        raise InvalidInput(f'Line {number} of the lexicon is "{line[:60]}".', 'write "value: entry, entry"')
    for entry in _entries(entries):
        if values.get(entry, amount) != amount:
            raise InvalidInput(f'"{entry}" has two values in the lexicon, {values[entry]:g} and {amount:g}.')
        values[entry] = amount


def _phrase(entry: str, value: float, classes: Mapping[str, Words]) -> tuple[Words, Phrase]:
    first, *rest = entry.split()
    elements = tuple(None if part == GAP else _element(part, classes) for part in rest)
    return _element(first, classes), Phrase(elements, value)


def _element(part: str, classes: Mapping[str, Words]) -> Words:
    if not part.startswith("@"):
        return frozenset(part.split("|"))
    if part not in classes:
        raise InvalidInput(f"The lexicon has no class {part}.", f"classes: {', '.join(classes)}")
    return classes[part]


def _by_first_word(phrases: Iterable[tuple[Words, Phrase]]) -> dict[str, tuple[Phrase, ...]]:
    found: dict[str, list[Phrase]] = {}
    for firsts, phrase in sorted(phrases, key=lambda item: -len(item[1].rest)):
        for word in firsts:
            found.setdefault(word, []).append(phrase)
    return {word: tuple(listed) for word, listed in found.items()}
