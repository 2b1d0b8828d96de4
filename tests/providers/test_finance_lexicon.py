"""The default scorer: sentences with a known direction, its file format, and its measured quality."""

import gzip
import json
from importlib.resources import files
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from backend.domain.errors import InvalidInput
from backend.providers import scorers
from backend.providers.scorers.finance_lexicon import FinanceLexiconScorer
from backend.providers.scorers.lexicon_file import parse_lexicon

LABEL = {"positive": 1, "neutral": 0, "negative": -1}


def label_of(text: str) -> int:
    value = FinanceLexiconScorer().score([text])[0]
    return 1 if value >= 0.05 else -1 if value <= -0.05 else 0


@pytest.mark.parametrize(
    "text",
    [
        "Earnings beat estimates",
        "Operating loss narrowed to EUR 1.2 mn",
        "The company cut costs",
        "Unemployment fell again",
        "Raises full-year guidance after record quarter",
        "$XYZ to the moon",
        "Short squeeze incoming, calls are printing",
        "Analyst upgrades $XYZ to outperform",
        "$XYZ +5.2%",
        "Swung to a profit from a loss",
        "Shares did not fall",
    ],
)
def test_good_news(text: str) -> None:
    assert label_of(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Earnings missed estimates",
        "Net loss widened",
        "Debt rose sharply",
        "Cuts full-year guidance",
        "Company announces layoffs",
        "Recalls 20,000 cars",
        "Bagholders everywhere, I am buying puts",
        "Downgraded to sell",
        "$XYZ -5.2%",
        "Profit fell to EUR 3 mn",
        "Results did not beat estimates",
    ],
)
def test_bad_news(text: str) -> None:
    assert label_of(text) == -1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "The company has 200 shares of interest",
        "$CAT $FUN $LOVE https://example.com/great @happy",
        "The annual meeting is on Thursday",
        "Crude oil securities",
        "Long-term capital",
    ],
)
def test_no_news(text: str) -> None:
    assert label_of(text) == 0


def test_the_same_text_scores_the_same_whatever_is_beside_it() -> None:
    texts = ["bullish", "bearish", "bullish", "profit warning!"]
    together = FinanceLexiconScorer().score(texts)
    alone = np.array([FinanceLexiconScorer().score([text])[0] for text in texts])
    np.testing.assert_array_equal(together, alone)
    assert (abs(together) <= 1).all()


def test_odd_texts_are_scored() -> None:
    texts = ["\x00\x01", "🚀🚀🚀", "a" * 100_000, "..", "$", "%", "-", "¡ñ!", "beat\nestimates", "#", "@ rise"]
    assert FinanceLexiconScorer().score(texts).shape == (len(texts),)
    assert FinanceLexiconScorer().score([]).shape == (0,)


def test_a_phrase_counts_once_and_gaps_stay_within_the_clause() -> None:
    lexicon = parse_lexicon("@less = debt\n2: @less .. fell|dropped\n-1: fell\n0: share\n")
    assert lexicon.words == {"fell": -1.0, "share": 0.0}
    (phrase,) = lexicon.phrases["debt"]
    assert phrase.match(["debt", "of", "them", "fell"], [False] * 4, 0) == (0, 3)
    assert phrase.match(["debt", "a", "b", "c", "d", "fell"], [False] * 6, 0) == ()
    assert phrase.match(["debt", "ok", "fell"], [False, True, False], 0) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("good stuff", "Line 1 of the lexicon"),
        ("1: up\n-1: up", '"up" has two values'),
        ("1: @profits rose", "no class @profits"),
    ],
)
def test_a_damaged_lexicon_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        parse_lexicon(text)


def test_the_file_that_ships_is_sound() -> None:
    lexicon = parse_lexicon(files(scorers).joinpath("finance_lexicon.txt").read_text(encoding="utf-8"))
    assert len(lexicon.words) > 500
    assert all(-4 <= value <= 4 for value in lexicon.words.values())


def macro_f1(truth: list[int], found: list[int]) -> float:
    def f1(label: int) -> float:
        pairs = list(zip(truth, found, strict=True))
        hits = sum(t == f == label for t, f in pairs)
        return 2 * hits / (2 * hits + sum((t == label) != (f == label) for t, f in pairs))

    return sum(f1(label) for label in (1, 0, -1)) / 3


@pytest.mark.parametrize(("source", "floor"), [("financial_phrasebank", 0.69), ("sentfin", 0.73)])
def test_agreement_with_people_on_sentences_it_was_not_tuned_on(real_data: Path, source: str, floor: float) -> None:
    # plain VADER: 0.486 and 0.531 on this half; the even half was looked at when the lexicon was written
    with gzip.open(real_data / "labelled_sentences.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    unseen = [row for row in rows if row["source"] == source and crc32(row["text"].encode()) % 2 == 1]
    scores = FinanceLexiconScorer().score([row["text"] for row in unseen])
    found = [1 if score >= 0.05 else -1 if score <= -0.05 else 0 for score in scores.tolist()]
    assert macro_f1([LABEL[row["label"]] for row in unseen], found) > floor
