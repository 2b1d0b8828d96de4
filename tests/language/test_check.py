"""What the language refuses, where it points, and what it says instead."""

import pytest

from backend.domain.spec import Parameter, Series, StrategySpec
from backend.language import FUNCTIONS, LanguageError, compile_expression, compile_spec
from backend.language.check import MAX_WRITTEN_OUT

N = Parameter(name="n", kind="int", value=20, low=5, high=50)
LEVEL = Parameter(name="level", kind="float", value=0.0, low=-1, high=1)


def check_refused(expression: str, *parameters: Parameter) -> LanguageError:
    spec = StrategySpec(name="test", parameters=parameters, long_entry=expression)
    with pytest.raises(LanguageError) as caught:
        compile_spec(spec)
    return caught.value


def check_accepted(expression: str, *parameters: Parameter) -> None:
    compiled = compile_spec(StrategySpec(name="test", parameters=parameters, long_entry=expression))
    assert set(compiled.conditions) == {"long_entry"}


@pytest.mark.parametrize(
    "expression",
    [
        "close > lag(close, -1)",
        "close > lag(close, 0 - 1)",
        "close > lag(close, 0)",
        "close > lag(close, -n)",
        "close > close[1]",
        "close > close[-1]",
        "close > close.shift(-1)",
        "(lambda: close)() > 0",
        "__import__('os').system('true') > 0",
        "open('/etc/passwd') > 0",
        'sentiment(f"{close}") > 0',
        'sentiment(b"reddit") > 0',
        "(x := close) > 0",
        "close > max(*[open])",
        "close > max([open, high])",
        "close > {1: 2}",
        "[close for close in high] > 0",
        "close if open > 0 else high > 0",
        "eval('close') > 0",
        "close > sma(close, n=20)",
        "close > sma(*(close, 20))",
        "yield close",
        "await close",
        "close > 0; open > 0",
        "close > 0 # and more",
        "close > ...",
        "close @ open > 0",
        "close ** 2 > 0",
        "close // open > 0",
        "close % open > 0",
        "~close > 0",
        "close == open",
        "close != open",
        "close is open",
        "close in open",
        "close = open",
        "close > 0 && open > 0",
        "True",
        "close > None",
        "not close",
        "1 < 2",
        "close >",
        ")(",
        "",
        "   ",
        "close > 0\\",
        "close > 0\x00",
        '"""reddit""" > 0',
        "'a' 'b' > 0",
    ],
)
def test_refuses_what_is_not_listed(expression: str) -> None:
    check_refused(expression, N)


@pytest.mark.parametrize(
    "expression",
    [
        "change(close, 1) > 1e999",
        "change(close, 1) > -1e999",
        "change(close, 1) > nan",
        "change(close, 1) > float('nan')",
        "change(close, 1) > inf",
        f"change(close, 1) > {'9' * 350}",
        f"close > sma(close, {'9' * 350})",
        "change(close, 1) > 0x10",
        "change(close, 1) > 1j",
        "change(close, 1) > 1and close > 0",
    ],
)
def test_refuses_numbers_that_are_none(expression: str) -> None:
    check_refused(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "\N{CYRILLIC SMALL LETTER ES}lose > 0",
        "close > sma(close, 2\N{FULLWIDTH DIGIT ZERO})",
        "close \N{FULLWIDTH GREATER-THAN SIGN} 0",
        "clo\N{ZERO WIDTH SPACE}se > 0",
        "\N{LATIN SMALL LIGATURE FI}ll(close, 0) > 0",
        "close > 0\N{NO-BREAK SPACE}and open > 0",
    ],
)
def test_refuses_letters_that_look_like_others(expression: str) -> None:
    assert "not part of the language" in check_refused(expression).sentence


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 190 + "close" + ")" * 190 + " > 0",
        "-" * 390 + "close > 0",
        "- " * 190 + "close > 0",
        "not " * 95 + "close > 0",
        "abs(" * 90 + "close",
        "close" + "-open" * 70 + " > 0",
        "[" * 390,
        "((not -" * 30,
    ],
)
def test_deep_nesting_is_one_clear_error(expression: str) -> None:
    assert "levels deep" in check_refused(expression).sentence


@pytest.mark.parametrize(
    "expression", ["(" * 500 + "close" + ")" * 500, "-" * 5_000_000 + "close", "not " * 500 + "close"]
)
def test_length_is_checked_before_anything_else(expression: str) -> None:
    error = check_refused(expression)
    assert f"has {len(expression)} characters" in error.sentence
    assert error.position == 400  # the first character that is too many
    assert "^" in error.caret
    assert len(error.message) < 400


def test_length_and_number_of_parts_are_limited() -> None:
    check_accepted("close > 0" + " " * 391)
    check_refused("close > 0 and" + " " * 391 + "open > 0")
    # 60 comparisons of 3 nodes each are too many, whatever their depth.
    assert "120 parts" in check_refused(" or ".join(["low>0"] * 40)).sentence


@pytest.mark.parametrize("depth", [18, 19])
def test_depth_is_counted_in_levels(depth: int) -> None:
    # The comparison is level 1, each minus adds one, the column is the last: depth + 2 levels, 20 are allowed.
    expression = "-(" * depth + "close" + ")" * depth + " > 0"
    if depth + 2 <= 20:
        check_accepted(expression)
    else:
        check_refused(expression)


@pytest.mark.parametrize(
    ("expression", "window"),
    [
        ("close > sma(close, 0)", "is 0"),
        ("close > sma(close, 5001)", "is 5001"),
        ("close > sma(close, 2.5)", "is 2.5"),
        ("close > sma(close, 10 + 10)", "is an expression"),
        ("close > sma(close, n * 2)", "is an expression"),
        ("close > sma(close, close)", "is an expression"),
        ("close > sma(close, close > 0)", "is an expression"),
        ('close > sma(close, "reddit")', "is an expression"),
        ("close > sma(close, level)", "is a float"),
        ("zscore(close, 1) > 0", "is 1"),
    ],
)
def test_windows_are_whole_numbers_known_before_running(expression: str, window: str) -> None:
    error = check_refused(expression, N, LEVEL)
    assert window in error.sentence
    assert "5000" in error.hint or "int" in error.hint


def test_window_bounds_hold_for_every_value_of_a_parameter() -> None:
    check_accepted("close > sma(close, n)", N)
    wide = Parameter(name="n", kind="int", value=20, low=0, high=6000)
    assert "0..6000" in check_refused("close > sma(close, n)", wide).sentence
    assert (
        "within 2..5000"
        in check_refused("zscore(close, n) > 0", Parameter(name="n", kind="int", value=2, low=1, high=9)).hint
    )


def test_whole_windows_may_be_written_with_a_point() -> None:
    check_accepted("close > sma(close, 20.0)")
    check_accepted("close > sma(close, 5000)")


@pytest.mark.parametrize(
    "expression", ["close < 5", "1 < close < 2", "close > 100 + 0", "cross_above(close, 50)", "close > level"]
)
def test_a_price_is_not_compared_with_a_number(expression: str) -> None:
    assert "adjusted prices know later splits" in check_refused(expression, LEVEL).hint


def test_a_volume_is_not_compared_with_a_number() -> None:
    assert "2 * sma(volume, 20)" in check_refused("volume > 1000000").hint


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("close > smaa(close, 10)", '"sma"'),
        ("close > SMA(close, 10)", '"sma"'),
        ("closse > open", '"close"'),
        ("close > sma", "write sma(x, n)"),
        ("close(1) > 0", "without brackets"),
        ('sentiment("redit") > 0', '"reddit"'),
        ('sentiment("Reddit") > 0', '"reddit"'),
        ('sentiment("4chan") > 0', "stocktwits"),
        ("change(close, 1) > levl", '"level"'),
    ],
)
def test_unknown_names_come_with_what_was_meant(expression: str, meant: str) -> None:
    assert meant in check_refused(expression, LEVEL).hint


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS.keys())
def test_a_wrong_number_of_arguments_shows_the_signature(function: object) -> None:
    known = next(f for f in FUNCTIONS.values() if f is function)
    many = ", ".join(["close"] * (len(known.arguments) + 1))
    error = check_refused(f"{known.name}({many}) > 0")
    assert f"not {len(known.arguments) + 1}" in error.sentence
    assert known.signature in error.hint


@pytest.mark.parametrize(
    "expression",
    [
        "(close > open) + 1 > 0",
        "(close > open) > 0",
        "-(close > open) > 0",
        "sma(close > open, 5) > 0",
        "count(close, 5) > 0",
        "count(5, 5) > 0",
        "sma(5, 5) > 0",
        "min(1, 2) > 0",
        "cross_above(1, 2)",
        "bollinger_upper(close, 20, close) > 0",
        "close and open > 0",
        "sentiment(close) > 0",
        'close > "reddit"',
        'sma("reddit", 5) > 0',
        "close",
        "close + open",
        "5",
        '"reddit"',
        "change(close, 1) / 0 > 1",
    ],
)
def test_kinds_are_not_mixed(expression: str) -> None:
    check_refused(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "20 < rsi(close, 14) <= 70",
        "close > 0 and (open > 0 or not high > 0)",
        "cross_above(rsi(close, 14), 30)",
        "change(close, 1) > -0.02 * +1",
        "close\n  > sma(close, 20)\n and volume > 0",
        "change(close, 20) > level * 2 + 1_0 / 4",
        "fill(sentiment('reddit'), 0) > .5",
        "close > 1e-3 * sma(close, 5)",
    ],
)
def test_accepts_what_is_listed(expression: str) -> None:
    check_accepted(expression, LEVEL)


class TestNames:
    def spec(
        self, *series: tuple[str, str], parameters: tuple[Parameter, ...] = (), entry: str = "close > 0"
    ) -> StrategySpec:
        lines = tuple(Series(name=name, expression=expression) for name, expression in series)
        return StrategySpec(name="test", series=lines, parameters=parameters, long_entry=entry)

    def check_refused(self, *series: tuple[str, str], parameters: tuple[Parameter, ...] = ()) -> LanguageError:
        with pytest.raises(LanguageError) as caught:
            compile_spec(self.spec(*series, parameters=parameters))
        return caught.value

    def test_a_series_may_use_earlier_ones(self) -> None:
        spec = self.spec(("a", "sma(close, 5)"), ("up", "close > a"), entry="up and close > 1.1 * a")
        assert compile_spec(spec).warmup == 4

    def test_a_series_cannot_use_a_later_one(self) -> None:
        assert "defined later" in self.check_refused(("a", "sma(b, 5)"), ("b", "close")).sentence

    def test_a_series_cannot_use_itself(self) -> None:
        error = self.check_refused(("a", "lag(a, 1)"))
        assert "uses itself" in error.sentence
        assert error.where == "a"
        assert error.position == 4

    def test_a_condition_is_no_number_under_a_name_either(self) -> None:
        assert "condition" in self.check_refused(("up", "close > open"), ("b", "sma(up, 5)")).sentence

    @pytest.mark.parametrize("name", ["close", "sma", "and", "not", "lambda", "if"])
    def test_names_with_a_meaning_are_taken(self, name: str) -> None:
        assert "is taken" in self.check_refused((name, "close")).sentence

    def test_a_parameter_is_not_in_reach_under_another_name(self) -> None:
        assert '"n"' in self.check_refused(("a", "sma(close, nn)"), parameters=(N,)).hint

    def test_series_written_out_are_bounded(self) -> None:
        # Each line doubles the one before: 2 ** 12 copies of close.
        doubling = [("s0", "close"), *((f"s{i}", f"s{i - 1} + s{i - 1}") for i in range(1, 12))]
        error = self.check_refused(*doubling)
        assert f"{MAX_WRITTEN_OUT} parts" in error.sentence
        deep = [("d0", "abs(" * 18 + "close" + ")" * 18)]
        deep += [(f"d{i}", "abs(" * 18 + f"d{i - 1}" + ")" * 18) for i in range(1, 12)]
        assert "60 levels" in self.check_refused(*deep).sentence

    def test_what_nothing_reads_is_named(self) -> None:
        compiled = compile_spec(self.spec(("a", "close"), ("b", "a"), parameters=(N, LEVEL)))
        assert compiled.unused == ("n", "level", "b")
        assert compiled.notices == ('No expression reads "n", "level", "b"; what is not read changes no result.',)
        assert compile_spec(self.spec()).notices == ()


def test_deep_inside_a_program_it_still_answers() -> None:
    def down(levels: int) -> None:
        if levels:
            down(levels - 1)
        else:
            check_accepted("-(" * 17 + "close" + ")" * 17 + " > 0")

    down(400)


def test_a_series_expression_alone_may_be_compiled() -> None:
    assert str(compile_expression("roc(close, 20)").unit) == "ratio"
    with pytest.raises(LanguageError):
        compile_expression("roc(close, 20) +")
