"""What a model makes of phrases that no rule could read: items of closed kinds, each with the words it stands for."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from backend.agents.understanding.lexicon import NUMBER_WORDS, STOP_WORDS, STYLES
from backend.agents.understanding.measures import MEASURES, PERCENT, Measure, Number
from backend.agents.understanding.reading import Reading
from backend.agents.understanding.targets import OTHER_UNITS
from backend.domain.errors import InvalidInput
from backend.domain.goal import DIRECTION_WORDS, Direction, Operator, Target
from backend.domain.record import Record
from backend.domain.sentiment import Channel, channel_named
from backend.domain.suggestions import did_you_mean
from backend.domain.symbols import is_symbol

MOST_ITEMS = 12
FRACTIONS = ("share", "rate")
CLOSE = 1e-12
"""Two ways of writing the same number differ by less."""
STYLE_NAMES = tuple(dict.fromkeys(STYLES.meanings()))
SIDES: dict[str, Direction] = {side: side for side in DIRECTION_WORDS}


class Item(Record):
    """One thing that some words of the user ask for.

    Attributes:
        quote: the words, as the user wrote them.
        word: name of the style, channel, direction or symbol; None for a target.
        metric, op, value: of a target, the value in the unit of its metric; None otherwise.
    """

    quote: str
    kind: Literal["target", "style", "channel", "direction", "symbol"]
    word: str | None = None
    metric: str | None = None
    op: Operator | None = None
    value: float | None = None


class Items(Record):
    """A reply: what was found, none where the phrases ask for nothing that there is."""

    items: tuple[Item, ...]


class Additions(Record):
    """What a model added to what the rules read, checked against the user's own words.

    Attributes:
        understood: the quoted words.
        plain: the same wishes in phrases that the rules read.
    """

    targets: tuple[Target, ...] = ()
    style: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    direction: Direction | None = None
    symbols: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()

    @classmethod
    def of(cls, items: Sequence[Item], phrases: Sequence[str]) -> "Additions":
        """The items as parts of a goal.

        Raises:
            InvalidInput: an item that quotes other words, names what does not exist, or brings a number of its own.
        """
        for item in items[:MOST_ITEMS]:
            _refuse_foreign(item, phrases)
        kept = items[:MOST_ITEMS]
        sides = {_direction(item) for item in kept if item.kind == "direction"}
        if len(sides) > 1:
            raise InvalidInput("The items name two directions.", "keep one of them")
        return cls(
            targets=tuple(dict.fromkeys(_target(item) for item in kept if item.kind == "target")),
            style=tuple(dict.fromkeys(_style(item) for item in kept if item.kind == "style")),
            channels=tuple(dict.fromkeys(channel_named(item.word or "") for item in kept if item.kind == "channel")),
            direction=next(iter(sides), None),
            symbols=tuple(dict.fromkeys(_symbol(item) for item in kept if item.kind == "symbol")),
            understood=tuple(dict.fromkeys(item.quote for item in kept)),
            plain=tuple(dict.fromkeys(_PHRASES[item.kind](item) for item in kept)),
        )

    def left_of(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """What the quotes leave of phrases that were not understood."""
        left = list(phrases)
        for quote in self.understood:
            cut = re.compile(re.escape(quote), re.IGNORECASE)
            left = [piece for phrase in left for piece in cut.split(phrase)]
        return tuple(told for piece in left for told in Reading(piece).leftovers(STOP_WORDS))


def _refuse_foreign(item: Item, phrases: Sequence[str]) -> None:
    quote = item.quote.casefold()
    if not quote.strip() or not any(quote in phrase.casefold() for phrase in phrases):
        raise InvalidInput(
            f'"{item.quote[:80]}" does not stand in the phrases.', "quote words of the phrases exactly as they are"
        )


def _target(item: Item) -> Target:
    if item.metric is None or item.op is None or item.value is None:
        raise InvalidInput(f'The target for "{item.quote[:80]}" lacks metric, op or value.', "name all three")
    if item.metric not in MEASURES:
        hint = did_you_mean(item.metric, MEASURES) or f"metrics are {', '.join(MEASURES)}"
        raise InvalidInput(f'There is no metric "{item.metric[:40]}".', hint)
    written = _values_in(item.quote, MEASURES[item.metric])
    if not any(abs(abs(item.value) - abs(value)) < CLOSE for value in written):
        raise InvalidInput(
            f'The value {item.value:g} does not stand in "{item.quote[:80]}".',
            "write 15 % as 0.15; leave the item out where no number was written",
        )
    return Target(metric=item.metric, op=item.op, value=item.value)


def _values_in(quote: str, measure: Measure) -> Iterator[float]:
    """What the rules would read of the numbers in these words, in the unit of the metric."""
    reading = Reading(quote)
    for position, token in enumerate(reading.tokens):
        text = token.text if token.kind == "number" else f"{NUMBER_WORDS.get(token.word, 0):g}"
        percent = PERCENT.at(reading, position + 1)
        if text == "0" or set(reading.words(position + 1, position + 2)) & OTHER_UNITS:
            continue
        try:
            yield measure.read(Number(text, percent=percent is not None))
        except InvalidInput:
            continue  # in this unit it would be no such number


def _style(item: Item) -> str:
    if item.word not in STYLE_NAMES:
        raise InvalidInput(f'There is no style "{(item.word or "")[:40]}".', f"styles are {', '.join(STYLE_NAMES)}")
    return item.word


def _direction(item: Item) -> Direction:
    if item.word not in SIDES:
        raise InvalidInput(f'There is no direction "{(item.word or "")[:40]}".', "directions are long, short, both")
    return SIDES[item.word]


def _symbol(item: Item) -> str:
    """A ticker that the user wrote in some case; a model never names one of its own."""
    word = (item.word or "").strip().lstrip("$")
    written = Reading(item.quote)
    if word.casefold() in STOP_WORDS or word.casefold() not in {token.word.lstrip("$") for token in written.tokens}:
        raise InvalidInput(
            f'"{word[:20]}" is no ticker in "{item.quote[:80]}".', "leave the item out; never add a symbol"
        )
    if not is_symbol(word.upper()):
        raise InvalidInput(f'"{word[:20]}" is not a symbol.', "leave the item out")
    return word.upper()


def _target_phrase(item: Item) -> str:
    target = _target(item)
    named = target.metric.removesuffix("_days").replace("_", " ")
    fraction = MEASURES[target.metric].writing in FRACTIONS
    return f"{named} {target.op} " + (f"{target.value * 100:.12g} %" if fraction else f"{target.value:.12g}")


_PHRASES: dict[str, Callable[[Item], str]] = {
    "target": _target_phrase,
    "style": lambda item: _style(item).replace("_", " "),
    "channel": lambda item: f"with {channel_named(item.word or '')}",
    "direction": lambda item: DIRECTION_WORDS[_direction(item)],
    "symbol": lambda item: f"on ${_symbol(item)}",
}
"""Each kind in words that the rules read."""
