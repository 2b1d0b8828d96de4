"""A request as tokens, each of which is used by a rule, refused by one, or left over."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

V = TypeVar("V")

_TOKEN = re.compile(
    r"""
    (?P<cashtag>\$[A-Za-z]{1,6}(?:[.-][A-Za-z]{1,3})?(?![^\W_]))
  | (?P<years>(?<![^\W_])(?:19|20)[0-9]{2}\s?[-\u2013\u2014/]\s?(?:19|20)[0-9]{2}(?![^\W_]|-))
  | (?P<date>(?<![^\W_])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![^\W_]))
  | (?P<number>(?<![^\W_])[-\u2212]?(?:[0-9]+(?:[.,][0-9]+)*|\.[0-9]+)(?![^\W_]))
  | (?P<sign><=|>=|=<|=>|[≤≥<>%]|(?<=[0-9])\+)
  | (?P<word>(?:[A-Za-z]\.){2,}|[A-Z]{1,5}[.-][A-Z](?![^\W_])|(?i:max|min)\.(?=\s)|[^\W_]+(?:['\u2019][^\W_]+)*)
  | (?P<pause>[,;.!?\n])
    """,
    re.VERBOSE,
)

_POSSESSIVE = re.compile(r"['\u2019]s$")


def words(text: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(text.split())


class State(Enum):
    """What became of a token."""

    FREE = "free"
    USED = "used"
    REFUSED = "refused"


@dataclass(frozen=True)
class Token:
    """One word, number or sign of the request.

    Attributes:
        kind: ``cashtag``, ``years``, ``date``, ``number``, ``sign``, ``word`` or ``pause``.
        text: as written.
        word: folded for comparison with the lexicon: lower case, no possessive, no dots.
        start, end: position in the request.
    """

    kind: str
    text: str
    word: str
    start: int
    end: int


class Lexicon(Generic[V]):
    """Phrases of one or more words and what they mean; the longest match wins."""

    def __init__(self, phrases: Mapping[str, V]) -> None:
        self._meaning = {tuple(phrase.split()): meaning for phrase, meaning in phrases.items()}
        self._longest = max(map(len, self._meaning))

    def words(self) -> frozenset[str]:
        """Every single-word phrase."""
        return frozenset(words[0] for words in self._meaning if len(words) == 1)

    def meanings(self) -> tuple[V, ...]:
        """Every meaning, as often as it has phrases."""
        return tuple(self._meaning.values())

    def at(self, reading: "Reading", first: int) -> tuple[V, int] | None:
        """The meaning of the longest phrase of free tokens that starts at ``first``, with the position after it."""
        for length in range(self._longest, 0, -1):
            words = reading.words(first, first + length)
            if len(words) == length and words in self._meaning:
                return self._meaning[words], first + length
        return None


class Reading:
    """The tokens of a request and what became of each."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.tokens = tuple(_tokens(text))
        self._state = [State.FREE] * len(self.tokens)

    def __len__(self) -> int:
        return len(self.tokens)

    def free(self, position: int) -> bool:
        """Whether there is a token at ``position`` that no rule has used or refused."""
        return 0 <= position < len(self.tokens) and self._state[position] is State.FREE

    def token(self, position: int, kind: str) -> Token | None:
        """The free token at ``position`` if it is of this kind."""
        if self.free(position) and self.tokens[position].kind == kind:
            return self.tokens[position]
        return None

    def words(self, first: int, stop: int) -> tuple[str, ...]:
        """The folded free tokens from ``first`` on, cut at the first that is not free."""
        found = []
        for position in range(first, min(stop, len(self.tokens))):
            if not self.free(position):
                break
            found.append(self.tokens[position].word)
        return tuple(found)

    def use(self, first: int, stop: int) -> None:
        """A rule took these tokens."""
        self._state[first:stop] = [State.USED] * (stop - first)

    def refuse(self, first: int, stop: int) -> None:
        """A rule recognised these tokens, and they ask for something that cannot be expressed."""
        self._state[first:stop] = [State.REFUSED] * (stop - first)

    def leftovers(self, stop_words: frozenset[str]) -> tuple[str, ...]:
        """The phrases that no rule used, in the words of the request, without stop words around them."""
        phrases: list[str] = []
        run: list[int] = []
        for position, token in enumerate(self.tokens):
            if token.kind == "pause" or self._state[position] is State.USED:
                phrases += self._phrase(run, stop_words)
                run = []
            else:
                run.append(position)
        return tuple(phrases + self._phrase(run, stop_words))

    def _phrase(self, run: list[int], stop_words: frozenset[str]) -> list[str]:
        telling = [i for i in run if self._tells(i, stop_words)]
        if not telling:
            return []
        return [self._text[self.tokens[telling[0]].start : self.tokens[telling[-1]].end]]

    def _tells(self, position: int, stop_words: frozenset[str]) -> bool:
        token = self.tokens[position]
        return self._state[position] is State.REFUSED or (token.kind != "sign" and token.word not in stop_words)


def _tokens(text: str) -> list[Token]:
    return [
        Token(str(match.lastgroup), match.group(), _fold(match.group()), match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]


def _fold(text: str) -> str:
    folded = _POSSESSIVE.sub("", text.casefold())
    return folded.replace(".", "") if not folded[0].isdigit() and len(folded) > 1 else folded
