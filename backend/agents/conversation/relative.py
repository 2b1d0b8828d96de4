"""Relative wishes: "less drawdown" becomes a target a quarter below the figure that it starts from, which is named."""

from dataclasses import dataclass
from math import ceil, floor

from backend.agents.conversation.basis import Basis
from backend.agents.conversation.lexicon import DEGREES, SAFER, SIMPLER, TRADING, USUAL_DEGREE, WAYS, Way
from backend.agents.understanding.lexicon import FILLERS, NUMBER_WORDS
from backend.agents.understanding.measures import MEASURE_PHRASES, MEASURES, PERCENT, Measure, Number
from backend.agents.understanding.reading import Reading
from backend.domain.errors import InvalidInput
from backend.domain.goal import Operator, Target

GOOD_WHEN_LOW = ("max_drawdown", "volatility", "longest_drawdown_days")
GOOD_WHEN_HIGH = (
    "sharpe", "sortino", "calmar", "total_return", "cagr", "win_rate", "profit_factor", "average_trade", "alpha",
)  # fmt: skip
UPPER: tuple[Operator, ...] = ("<", "<=")
LOWER: tuple[Operator, ...] = (">", ">=")
SHARES = {0.1: "a tenth", 0.25: "a quarter", 0.5: "half"}


@dataclass(frozen=True)
class Change:
    """A target, and what it is in words; ``target`` is None for a limit on complexity, which is ``complexity``."""

    target: Target | None
    words: str
    complexity: int | None = None


def read_relative(reading: Reading, basis: Basis) -> list[Change]:
    """Every relative wish; its tokens are used.

    Raises:
        InvalidInput: there is no figure to start from, or the wish leads nowhere.
    """
    found: list[Change] = []
    for position in range(len(reading)):
        change = _at(reading, position, basis)
        if change is not None:
            found.append(change)
    return found


def _at(reading: Reading, position: int, basis: Basis) -> Change | None:
    simpler = SIMPLER.at(reading, position)
    if simpler is not None:
        reading.use(position, simpler[1])
        return _simpler(basis)
    degree, first = _degree(reading, position)
    safer = SAFER.at(reading, first)
    if safer is not None:
        reading.use(position, safer[1])
        return _moved(MEASURES["max_drawdown"], "less", degree, basis)
    trading = TRADING.at(reading, first)
    if trading is not None:
        reading.use(position, trading[1])
        return _moved(MEASURES["trades"], trading[0], degree, basis)
    return _figure(reading, (position, first), degree, basis)


def _figure(reading: Reading, begins: tuple[int, int], degree: float, basis: Basis) -> Change | None:
    """Both orders: "less drawdown" and "the drawdown lower", each with or without a number to stay below."""
    position, first = begins
    way = WAYS.at(reading, first)
    if way is not None:
        measure = MEASURE_PHRASES.at(reading, _past_fillers(reading, way[1]))
        if measure is None:
            return None
        return _taken(reading, (position, measure[1]), (measure[0], way[0]), degree, basis)
    measure = MEASURE_PHRASES.at(reading, position)
    if measure is None:
        return None
    degree, after = _degree(reading, _past_fillers(reading, measure[1]))
    way = WAYS.at(reading, after)
    return _taken(reading, (position, way[1]), (measure[0], way[0]), degree, basis) if way else None


def _taken(
    reading: Reading, span: tuple[int, int], wish: tuple[Measure, Way], degree: float, basis: Basis
) -> Change | None:
    limit = _than(reading, span[1])
    if limit is not None:
        reading.use(span[0], limit[1])
        op: Operator = "<" if _side(wish[0], wish[1]) == "less" else ">"
        target = Target(metric=wish[0].metric, op=op, value=wish[0].read(limit[0]))
        return Change(target, str(target))
    if MEASURE_PHRASES.at(reading, span[0]) is None and _number(reading, span[1]):
        return None  # "more return 5": nobody knows what the number is about
    reading.use(*span)
    return _moved(wish[0], wish[1], degree, basis)


def _than(reading: Reading, position: int) -> tuple[Number, int] | None:
    if reading.words(position, position + 1) != ("than",):
        return None
    return _number(reading, position + 1)


def _number(reading: Reading, position: int) -> tuple[Number, int] | None:
    token = reading.token(position, "number")
    word = reading.words(position, position + 1)
    if token is None and (not word or word[0] not in NUMBER_WORDS):
        return None
    sign = PERCENT.at(reading, position + 1)
    text = token.text if token else f"{NUMBER_WORDS[word[0]]:g}"
    return Number(text, percent=sign is not None), sign[1] if sign else position + 1


def _degree(reading: Reading, position: int) -> tuple[float, int]:
    """How far, and where the rest begins: "much less", "10 % less"; a number must be followed by a way."""
    stated = _number(reading, position)
    if stated is not None and stated[0].percent and WAYS.at(reading, stated[1]) is not None:
        share = stated[0].value() / 100
        if not 0 < share < 1:
            raise InvalidInput(f"{stated[0].text} % more or less leads nowhere.", "name a share between 0 and 100 %")
        return share, stated[1]
    found = DEGREES.at(reading, position)
    return found if found else (USUAL_DEGREE, position)


def _past_fillers(reading: Reading, position: int) -> int:
    while reading.free(position) and reading.tokens[position].word in FILLERS and reading.tokens[position].word != "to":
        position += 1
    return position


def _side(measure: Measure, way: Way) -> Way:
    if way != "better":
        return way
    if measure.metric in GOOD_WHEN_LOW:
        return "less"
    if measure.metric in GOOD_WHEN_HIGH:
        return "more"
    raise InvalidInput(f"Nobody can say which {measure.label} is better.", "say more or less of it")


def _moved(measure: Measure, way: Way, degree: float, basis: Basis) -> Change:
    side = _side(measure, way)
    measure = _yearly(measure, basis, side)
    base, source, whole = _base(measure, side, basis)
    value = _value(measure, base, side, degree)
    target = Target(metric=measure.metric, op="<=" if side == "less" else ">=", value=value)
    if base <= 0:
        target = Target(metric=measure.metric, op=">", value=max(base, 0.0))
        return Change(target, f"{target}: more than {source}")
    share = SHARES.get(degree, f"{degree * 100:g} %")
    word = ("fewer" if whole else "less") if side == "less" else "more"
    return Change(target, f"{target}: {share} {word} than {source}")


def _yearly(measure: Measure, basis: Basis, side: Way) -> Measure:
    """A total return depends on the length of a period: without a target on it, the yearly one is meant."""
    if measure.metric == "total_return" and _asked(measure, side, basis) is None:
        return MEASURES["cagr"]
    return measure


def _asked(measure: Measure, side: Way, basis: Basis) -> Target | None:
    """The target that was stated on this side of the metric."""
    ops = UPPER if side == "less" else LOWER
    return next((t for t in basis.goal.targets if t.metric == measure.metric and t.op in ops), None)


def _base(measure: Measure, side: Way, basis: Basis) -> tuple[float, str, bool]:
    """The figure that a wish starts from, where it comes from in words, and whether it is counted.

    Raises:
        InvalidInput: there is none.
    """
    whole = measure.writing in ("count", "days")
    asked = _asked(measure, side, basis)
    if asked is not None:
        return asked.value, f"the {asked.value:g} asked before", whole
    figure = getattr(basis.train, measure.metric) if basis.train is not None else None
    if figure is None:
        raise InvalidInput(
            f"There is no {measure.label} yet to start from.", "state a number, for example drawdown under 20 %"
        )
    source = f"the {_shown(float(figure))} of attempt {basis.n} on train"
    if measure.metric == "trades" and basis.lengths is not None:
        train, validation, holdout = basis.lengths
        part, name = (holdout, "the hold-out") if side == "less" else (validation, "validation")
        return figure * part / train, f"{source}, scaled to the length of {name}", whole
    return float(figure), source, whole


def _value(measure: Measure, base: float, side: Way, degree: float) -> float:
    """The figure moved by its share.

    Raises:
        InvalidInput: nothing is left of it, or it cannot grow.
    """
    moved = base * (1 - degree if side == "less" else 1 + degree)
    if measure.writing in ("count", "days"):
        moved = float(floor(moved) if side == "less" else ceil(moved))
    elif moved > measure.high:
        moved = base + (measure.high - base) * degree
    moved = _rounded(moved, base)
    if base > 0 and (moved == base or (measure.trivial is not None and moved <= measure.trivial)):
        raise InvalidInput(f"The {measure.label} cannot go further than {base:g}.", "state the number that you want")
    return moved


def _rounded(value: float, base: float) -> float:
    """With as few digits as move the figure by what was said, but for a tenth of the move."""
    for digits in range(2, 6):
        if abs(round(value, digits) - value) <= abs(value - base) / 10:
            return round(value, digits)
    return value


def _shown(figure: float) -> str:
    return f"{figure:.3g}" if abs(figure) < 100 else f"{figure:.0f}"


def _simpler(basis: Basis) -> Change:
    now = basis.goal.maximum_complexity or basis.complexity
    if now is None:
        raise InvalidInput("There is no strategy yet that could be simpler.", "wait for the first attempt")
    if now <= 1:
        raise InvalidInput("A strategy cannot be simpler than one rule.", "ask for something else")
    fewest = max(1, min(now - 1, floor(now * (1 - USUAL_DEGREE))))
    source = "asked before" if basis.goal.maximum_complexity else f"of attempt {basis.n}"
    words = f"at most {fewest} parameters, conditions, series and risk rules together: fewer than the {now} {source}"
    return Change(None, words, fewest)
