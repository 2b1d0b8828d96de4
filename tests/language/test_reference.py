"""The reference says what the registry knows, and is all that is needed to write an expression."""

import json

import pytest

from backend.language import FUNCTIONS, language_reference
from backend.language.function import Function

REFERENCE = language_reference()
ENTRIES = {entry.name: entry for entry in REFERENCE.functions}


def test_lists_every_function_in_order() -> None:
    assert list(ENTRIES) == [*FUNCTIONS, "of"]


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS.keys())
def test_warmup_in_words_is_the_rule(function: Function) -> None:
    values = dict(zip([function.arguments[i].name for i in function.windows], (7, 12, 4), strict=False))
    stated = eval(ENTRIES[function.name].warmup, {"max": max}, values)
    assert stated == function.warmup(*values.values())


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("sma", "unit of x"),
        ("rsi", "ratio"),
        ("atr", "price"),
        ("obv", "volume"),
        ("min", "unit of its arguments"),
        ("sqrt", "root of the unit of x"),
        ("log", "ratio"),
        ("count", "count"),
        ("cross_above", None),
    ],
)
def test_units_in_words(name: str, unit: str | None) -> None:
    assert ENTRIES[name].unit == unit


def test_is_json() -> None:
    content = json.loads(REFERENCE.model_dump_json())
    assert {"grammar", "units", "missing", "limits", "channels", "columns", "functions"} == set(content)
    assert content["channels"] == ["reddit", "twitter", "stocktwits", "news", "sec", "all"]
    assert content["functions"][0]["arguments"][1] == {"name": "n", "accepts": "whole number", "low": 1, "high": 5000}


def test_text_names_everything() -> None:
    text = REFERENCE.text()
    for entry in REFERENCE.functions:
        assert f"{entry.signature}  [" in text
        assert entry.example in text
    assert max(len(line) for line in text.splitlines()) <= 140
