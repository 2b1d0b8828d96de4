"""Reads a question: which figures, attempts, years and periods it names, and what about them is asked."""

import re
from dataclasses import dataclass
from typing import Self

from backend.agents.conversation.lexicon import ASKING, OPENINGS
from backend.agents.understanding.lexicon import NUMBER_WORDS
from backend.agents.understanding.measures import MEASURE_PHRASES
from backend.agents.understanding.reading import Lexicon, Reading

PERIODS: Lexicon[str] = Lexicon(
    dict.fromkeys(("train", "training", "in sample", "train period"), "train")
    | dict.fromkeys(("validation", "validation period"), "validation")
    | dict.fromkeys(("holdout", "hold out", "out of sample", "test period"), "holdout")
)
_FURTHER_METRICS = {
    "final equity": "final_equity", "final capital": "final_equity", "best trade": "best_trade",
    "worst trade": "worst_trade", "turnover": "turnover", "costs paid": "costs_paid", "costs it paid": "costs_paid",
    "return of buy and hold": "benchmark_return", "benchmark return": "benchmark_return", "equity": "final_equity",
}  # fmt: skip
METRICS: Lexicon[str] = Lexicon(_FURTHER_METRICS)
_ATTEMPTS = ("attempt", "attempts", "number", "try", "iteration")
_YEAR = re.compile(r"(19|20)[0-9]{2}")
LARGEST_NUMBER = 4


@dataclass(frozen=True)
class Asked:
    """What a question names.

    Attributes:
        text: folded, in words with one space between.
        first: its first word after words that merely begin.
        attempts: numbers of attempts, in order.
    """

    text: str
    first: str
    metrics: tuple[str, ...]
    attempts: tuple[int, ...]
    years: tuple[int, ...]
    periods: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """Read by rules; what they do not know is left to the words themselves."""
        reading = Reading(text.replace("-", " ").replace("#", " attempt "))
        words = [token.word for token in reading.tokens if token.kind != "pause"]
        attempts = _attempts(reading)
        return cls(
            text=f" {' '.join(words)} ",
            first=next((word for word in words if (word,) not in _BEGINNINGS), ""),
            metrics=_metrics(reading),
            attempts=attempts,
            years=tuple(dict.fromkeys(int(t.text) for t in reading.tokens if _YEAR.fullmatch(t.text))),
            periods=tuple(dict.fromkeys(found[0] for i in range(len(reading)) if (found := PERIODS.at(reading, i)))),
        )

    def says(self, *phrases: str) -> bool:
        """Whether one of the phrases occurs, as whole words."""
        return any(f" {phrase} " in self.text for phrase in phrases)


_BEGINNINGS = {("and",), ("so",), ("but",), ("ok",), ("okay",), ("please",), ("well",), ("then",), ("now",)}


def is_question(text: str) -> bool:
    """Whether it asks rather than wishes: it begins as a question, or ends with its mark."""
    reading = Reading(text)
    position = 0
    wishing = False
    while (found := OPENINGS.at(reading, position)) is not None or reading.token(position, "pause"):
        wishing = wishing or (found is not None and found[1] - position > 1)
        position = found[1] if found else position + 1
    word = reading.words(position, position + 1)
    if word and word[0] in ASKING:
        return True
    return text.rstrip().endswith("?") and not wishing


def _metrics(reading: Reading) -> tuple[str, ...]:
    found: list[str] = []
    position = 0
    while position < len(reading):
        further = METRICS.at(reading, position)
        measure = MEASURE_PHRASES.at(reading, position)
        if further is not None and (measure is None or further[1] >= measure[1]):
            found.append(further[0])
        elif measure is not None:
            found.append(measure[0].metric)
        position = max(position + 1, further[1] if further else 0, measure[1] if measure else 0)
    return tuple(dict.fromkeys(found))


def _attempts(reading: Reading) -> tuple[int, ...]:
    """Numbers after "attempt", and those joined to them: "attempts 2, 3 and 5"."""
    found: list[int] = []
    listing = False
    for position, token in enumerate(reading.tokens):
        if token.word in _ATTEMPTS:
            listing = True
            continue
        number = _number(reading, position)
        if listing and number is not None:
            found.append(number)
        elif token.word not in ("and", "or", "with", "to", "vs", "versus", ",", "no", "number"):
            listing = False
    return tuple(dict.fromkeys(found))


def _number(reading: Reading, position: int) -> int | None:
    token = reading.tokens[position]
    if token.kind == "number" and token.text.isdigit() and len(token.text) < LARGEST_NUMBER:
        return int(token.text)
    return int(NUMBER_WORDS[token.word]) if token.word in NUMBER_WORDS else None
