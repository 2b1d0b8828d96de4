"""The reference of the language, made from the registry: for people, for the API, and for a model's prompt."""

from backend.domain.record import Record
from backend.domain.spec import MAX_PARAMETERS, MAX_SERIES
from backend.language import other_symbols
from backend.language.arguments import KNOWN_CHANNELS
from backend.language.check import MAX_WRITTEN_OUT, MAX_WRITTEN_OUT_DEPTH
from backend.language.columns import COLUMNS
from backend.language.function import MAX_WINDOW, Accepts, Function
from backend.language.functions import FUNCTIONS
from backend.language.parse import MAX_DEPTH, MAX_LENGTH, MAX_NODES
from backend.language.rules import logarithm, root, same, shared
from backend.language.units import Unit


class ArgumentEntry(Record):
    """An argument; ``low`` and ``high`` are the bounds of a whole number."""

    name: str
    accepts: str
    low: int | None = None
    high: int | None = None


class FunctionEntry(Record):
    """A function, or the form ``of``, as the reference shows it; ``unit`` is None for a condition."""

    name: str
    signature: str
    arguments: tuple[ArgumentEntry, ...]
    result: str
    unit: str | None
    warmup: str
    doc: str
    example: str
    missing: str


class ColumnEntry(Record):
    """A column of the bars."""

    name: str
    unit: str
    doc: str


class LanguageReference(Record):
    """Everything there is to know for writing an expression."""

    grammar: tuple[str, ...]
    units: tuple[str, ...]
    missing: tuple[str, ...]
    limits: tuple[str, ...]
    channels: tuple[str, ...]
    columns: tuple[ColumnEntry, ...]
    functions: tuple[FunctionEntry, ...]

    def text(self) -> str:
        """The reference as plain text."""
        blocks = [
            _block("Expressions", self.grammar),
            _block("Columns", [f"{c.name}  [{c.unit}]  {c.doc}" for c in self.columns]),
            _block("Units", self.units),
            _block("Missing values", self.missing),
            _block("Functions", [line for f in self.functions for line in _lines(f)]),
            _block("Channels", [", ".join(f'"{name}"' for name in self.channels)]),
            _block("Limits", self.limits),
        ]
        return "\n\n".join(blocks) + "\n"


GRAMMAR = (
    "Python syntax; whatever is not listed here is refused.",
    "numbers, columns, names of parameters and of earlier series, functions with arguments by position",
    "arithmetic: + - * / and a leading minus; brackets",
    "comparisons: < <= > >=, also in chains (20 < rsi(close, 14) < 70); there is no ==",
    "conditions are joined by and, or, not",
    'of("SPY", x) is x over the bars of another symbol, read where both have a bar that ends at the same moment',
    "the rank of a rotation is a ratio or count, e.g. change(close, 120): the symbols with the highest values are held",
    f"windows and lags are whole numbers 1..{MAX_WINDOW} or int parameters, never expressions",
    "every value at a bar is known at that bar's close; there is no way to name a later bar",
)
UNITS = (
    "a price goes with a price and a volume with a volume; ratios, counts and plain numbers have neither in them",
    "a price or volume is never compared with or added to a plain number: adjusted prices know later splits",
    "instead write close < 0.95 * sma(close, 20), or change(close, 20) < -0.05",
    "a literal 0 goes with anything: diff(close, 5) > 0",
    "price / price is a ratio, price * ratio a price, price * volume a traded value; count / count is a ratio",
    "a ratio and a count do not go together; divide the count by another first",
    "a price of another symbol goes with prices of that symbol alone; compare changes of both instead",
)
MISSING = (
    "a missing value is not 0; a result that is not a finite number is missing (division by zero, log of 0)",
    "a comparison with a missing value is unknown, and unknown never trades",
    "not unknown is unknown, unknown or true is true, unknown and false is false",
    'not (sentiment("reddit") > 0) is thus not true without posts; fill(sentiment("reddit"), 0) says that it should be',
    "no condition is true within its own warm-up, not even with fill",
)
LIMITS = (
    f"{MAX_LENGTH} characters, {MAX_NODES} parts, {MAX_DEPTH} levels in an expression; plain ASCII",
    f"{MAX_PARAMETERS} parameters and {MAX_SERIES} series in a strategy",
    f"{MAX_WRITTEN_OUT} parts and {MAX_WRITTEN_OUT_DEPTH} levels in an expression with its series written out",
)


def language_reference() -> LanguageReference:
    """The whole reference, functions in the order of the registry, ``of`` at the end."""
    columns = tuple(ColumnEntry(name=name, unit=str(c.unit), doc=c.doc) for name, c in COLUMNS.items())
    return LanguageReference(
        grammar=GRAMMAR,
        units=UNITS,
        missing=MISSING,
        limits=LIMITS,
        channels=KNOWN_CHANNELS,
        columns=columns,
        functions=(*(_entry(function) for function in FUNCTIONS.values()), OF),
    )


OF = FunctionEntry(
    name=other_symbols.NAME,
    signature=other_symbols.SIGNATURE,
    arguments=(
        ArgumentEntry(name="symbol", accepts="symbol"),
        ArgumentEntry(name="x", accepts="series or condition"),
    ),
    result="series or condition",
    unit="unit of x, of that symbol",
    warmup="0",
    doc="x over the bars of another symbol, e.g. of the market as a whole.",
    example=other_symbols.EXAMPLE,
    missing="missing where the other symbol has no bar that ends at the same moment",
)


def _entry(function: Function) -> FunctionEntry:
    return FunctionEntry(
        name=function.name,
        signature=function.signature,
        arguments=tuple(_argument(function, i) for i in range(len(function.arguments))),
        result="condition" if function.result is None else "series",
        unit=_unit(function),
        warmup=_warmup(function),
        doc=function.doc,
        example=function.example,
        missing=function.missing.value,
    )


def _argument(function: Function, index: int) -> ArgumentEntry:
    argument = function.arguments[index]
    bounds = (argument.low, MAX_WINDOW) if argument.accepts is Accepts.WINDOW else (None, None)
    return ArgumentEntry(name=argument.name, accepts=argument.accepts.value, low=bounds[0], high=bounds[1])


def _unit(function: Function) -> str | None:
    if function.result is None:
        return None
    words = {same: f"unit of {_first(function)}", shared: "unit of its arguments", root: "root of the unit of x"}
    if function.result in words:
        return words[function.result]
    if function.result is logarithm:
        return "ratio"
    fixed: Unit = function.result(())
    return str(fixed)


def _first(function: Function) -> str:
    return function.arguments[0].name if function.arguments else ""


def _warmup(function: Function) -> str:
    """The rule as an expression of the window names, read off its values: every rule is linear or a maximum."""
    names = [function.arguments[i].name for i in function.windows]
    if len(names) > 1:
        plus = "".join(f" + {name}" for name in names[2:])
        return _sum(f"max({names[0]}, {names[1]}){plus}", function.warmup(*[0] * len(names)))
    base = function.warmup(*[0] * len(names))
    slope = function.warmup(*[1] * len(names)) - base
    if slope == 0:
        return str(base)
    return _sum(names[0] if slope == 1 else f"{slope} * {names[0]}", base)


def _sum(start: str, rest: int) -> str:
    if rest == 0:
        return start
    return f"{start} {'+' if rest > 0 else '-'} {abs(rest)}"


def _lines(entry: FunctionEntry) -> tuple[str, ...]:
    result = f"{entry.result}, {entry.unit}" if entry.unit else entry.result
    return (
        f"{entry.signature}  [{result}]  {entry.doc}",
        f"    e.g. {entry.example}",
        f"    warm-up {entry.warmup} bars; {entry.missing}",
    )


def _block(title: str, lines: tuple[str, ...] | list[str]) -> str:
    return "\n".join([title, *(f"  {line}" for line in lines)])
