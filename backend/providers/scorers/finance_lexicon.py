"""The default scorer: the VADER engine with a finance lexicon of our own (``finance_lexicon.txt``)."""

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Protocol

import numpy as np

from backend.domain.arrays import Floats
from backend.providers.scorers.lexicon_file import Lexicon, Phrase, parse_lexicon

LEXICON_FILE = "finance_lexicon.txt"
EDGES = "!\"'()*,./:;<=>?@[\\]^_`{|}~\u2026\u201c\u201d\u2018\u2019"
"""Stripped from both ends of a word before it is looked up; signs mean something and stay."""

CLAUSE_ENDS = (".", ";", ":", "!", "?")
NUMBER = re.compile(r"([-+]?)[$€£]?\d[\d.,:/]*(%?)\w{0,2}")
NOT_A_WORD = re.compile(r"\$[A-Za-z]|https?:|www\.|@\w")
"""Cashtags, links and handles: names that may look like words."""


class Engine(Protocol):
    """What is used of the VADER analyser."""

    lexicon: dict[str, float]

    def polarity_scores(self, text: str) -> dict[str, float]: ...


class FinanceLexiconScorer:
    """Scores texts in [-1, 1] by the valences of their words and phrases; 0 where none is known.

    Phrases are replaced by one made-up word each, which the engine then weighs, negates and intensifies like any
    other. The same text always gets the same score, whatever is scored beside it.
    """

    name = "finance_lexicon"
    version = "1"

    def __init__(self) -> None:
        self._lexicon: Lexicon | None = None
        self._engine: Engine | None = None

    def score(self, texts: Sequence[str]) -> Floats:
        """Compound valence of each text; shape (len(texts),). The lexicons are read at the first call."""
        engine, lexicon = self._loaded()
        known: dict[str, float] = {}
        for text in texts:
            if text not in known:
                known[text] = engine.polarity_scores(_with_markers(text, lexicon))["compound"]
        return np.array([known[text] for text in texts], dtype=np.float64)

    def _loaded(self) -> tuple[Engine, Lexicon]:
        if self._engine is None or self._lexicon is None:
            self._lexicon = parse_lexicon(files(__package__).joinpath(LEXICON_FILE).read_text(encoding="utf-8"))
            self._engine = _engine_with(self._lexicon)
        return self._engine, self._lexicon


def _engine_with(lexicon: Lexicon) -> Engine:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    engine: Engine = SentimentIntensityAnalyzer()
    for word, value in lexicon.words.items():
        if value:
            engine.lexicon[word] = value
        else:
            engine.lexicon.pop(word, None)
    for phrases in lexicon.phrases.values():
        engine.lexicon.update({_marker(p): p.value for p in phrases if p.value})
    return engine


def _marker(phrase: Phrase) -> str:
    """A made-up word that stands for every phrase of this value; one of value 0 is in no lexicon."""
    return f"phrase{phrase.value:+g}x"


def _with_markers(text: str, lexicon: Lexicon) -> str:
    """The text with each known phrase replaced by its marker, and without cashtags, links and handles."""
    tokens = [token for token in text.split() if not NOT_A_WORD.match(token)]
    words = [_normalised(token) for token in tokens]
    ends = [token.endswith(CLAUSE_ENDS) for token in tokens]
    for first in range(len(words)):
        for phrase in lexicon.phrases.get(words[first], ()):
            found = phrase.match(words, ends, first)
            if found:
                for position in found:
                    tokens[position] = words[position] = ""
                tokens[first] = _marker(phrase)
                break
    return " ".join(filter(None, tokens))


@lru_cache(maxsize=1 << 16)
def _normalised(token: str) -> str:
    word = token.strip(EDGES).lower()
    number = NUMBER.fullmatch(word)
    if number is None:
        return word
    sign, percent = number.groups()
    return {"+": "#up", "-": "#down"}[sign] if sign and percent else "#"
