"""Errors point at the place and survive a process border."""

import pickle

import pytest

from backend.domain.errors import InvalidInput
from backend.domain.spec import StrategySpec
from backend.language import LanguageError, compile_spec
from backend.language.errors import Spot


def error_of(expression: str) -> LanguageError:
    with pytest.raises(LanguageError) as caught:
        compile_spec(StrategySpec(name="test", long_exit=expression, long_entry="close > 0"))
    return caught.value


def test_shows_place_caret_and_what_was_meant() -> None:
    error = error_of("  close > smaa(close, 10)")
    assert isinstance(error, InvalidInput)
    assert error.where == "long_exit"
    assert error.position == 8
    assert error.message == (
        'long_exit, column 9: there is no function "smaa"\n    close > smaa(close, 10)\n            ^^^^'
    )
    assert error.hint.startswith('did you mean "sma"')
    assert str(error) == f"{error.message}\n{error.hint}"


def test_marks_the_whole_comparison() -> None:
    assert error_of("rsi(close, 14) < 30 and close < 5").caret == (
        "    rsi(close, 14) < 30 and close < 5\n                            ^^^^^^^^^"
    )


def test_points_at_the_place_where_the_syntax_breaks() -> None:
    error = error_of("close > sma(close, 10")
    assert error.caret.splitlines()[1].index("^") - 4 == error.position == 11


def test_cuts_a_long_expression_around_the_place() -> None:
    error = error_of("close > 0 and " * 20 + "clse > 0")
    shown, marker = error.caret.splitlines()
    assert len(shown) < 130
    assert shown[marker.index("^") :].startswith("clse")


def test_without_an_expression_there_is_no_caret() -> None:
    error = LanguageError("the expression is empty", "write one", Spot("long_entry"))
    assert error.message == "long_entry: the expression is empty"
    assert error.caret == ""


def test_survives_pickling() -> None:
    error = error_of("close > smaa(close, 10)")
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.message, copy.hint, copy.spot) == (error.message, error.hint, error.spot)
