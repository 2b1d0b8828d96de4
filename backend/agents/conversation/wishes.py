"""Reads what a follow-up wishes, by rules: a changed goal, and every change in words; nothing is guessed."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from backend.agents.conversation.basis import Basis
from backend.agents.conversation.going_on import read_attempts, skip_openings
from backend.agents.conversation.lexicon import (
    BOUNDS,
    CARRYING_NOTHING,
    DROPPING,
    GOING_ON,
    TOO,
)
from backend.agents.conversation.relative import LOWER, UPPER, Change, read_relative
from backend.agents.understanding.goals import DataSpan, dated, excluded_channels, refuse_all, take_all, trade_limits
from backend.agents.understanding.lexicon import (
    CHANNEL_PHRASES,
    DIRECTIONS,
    NEUTRAL,
    NO_DIRECTION,
    NO_SENTIMENT,
    SENTIMENT_WORDS,
    STYLES,
    TIMEFRAMES,
)
from backend.agents.understanding.measures import MEASURE_PHRASES
from backend.agents.understanding.period import Span, read_span
from backend.agents.understanding.reading import Reading
from backend.agents.understanding.symbols import read_symbols
from backend.agents.understanding.targets import check_targets, read_targets
from backend.domain.errors import InvalidInput
from backend.domain.goal import DIRECTION_WORDS, Goal, Target
from backend.domain.sentiment import CHANNELS, Channel
from backend.domain.timeframes import Timeframe

LONGEST_REQUEST = 2000


@dataclass(frozen=True)
class Wish:
    """What a follow-up asks for.

    Attributes:
        goal: the goal so far with every change.
        changes: in words; empty when nothing was asked that is not so already.
        iterations: attempts to make.
        going_on: whether it was asked to go on as before.
        noted: what was understood and changes nothing, in words.
        other_data: whether it needs a symbol, a channel or a period that the session does not have.
        symbols: those that it names, in its order.
        leftovers: phrases that no rule could use.
    """

    goal: Goal
    changes: tuple[str, ...] = ()
    iterations: int = 0
    going_on: bool = False
    noted: tuple[str, ...] = ()
    other_data: bool = False
    symbols: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.changes) or self.going_on

    @property
    def resumes(self) -> bool:
        """Whether it asks for nothing but to go on."""
        return self.going_on and not self.changes


def read_wish(text: str, basis: Basis, known: Collection[str], data_span: DataSpan | None = None) -> Wish:
    """Read a follow-up; every rule takes the words that it understands, and what is left is named.

    Args:
        text: the user's words.
        basis: what the session has so far.
        known: symbols that the data sources can list.
        data_span: is asked for spans such as "last five years".

    Raises:
        InvalidInput: something in it is impossible or contradictory; the message names it.
    """
    reading = Reading(text)
    take_all(reading, NEUTRAL)
    skip_openings(reading)
    wish = Wish(goal=basis.goal, iterations=basis.iterations)
    wish = _going_on(reading, wish)
    for rule in (_dropped, _relative, _absolute):
        wish = rule(reading, wish, basis)
    span = read_span(reading)
    _refuse_timeframe(reading)
    wish = _styled(reading, _directed(reading, _channelled(reading, wish, basis)))
    wish = _dated(_symbolised(reading, wish, known), span, data_span)
    check_targets(wish.goal.targets)
    wish = replace(wish, leftovers=reading.leftovers(CARRYING_NOTHING))
    request = f"{basis.goal.request}; {text}"[:LONGEST_REQUEST]
    limits = trade_limits(wish.goal.targets)
    return replace(wish, goal=wish.goal.model_copy(update={"request": request, "not_understood": (), **limits}))


def _going_on(reading: Reading, wish: Wish) -> Wish:
    for count in read_attempts(reading):
        wish = replace(wish, iterations=count, going_on=True)
    return replace(wish, going_on=True) if take_all(reading, GOING_ON) else wish


def _dropped(reading: Reading, wish: Wish, _: Basis) -> Wish:
    """Targets that are no longer wanted: "forget the drawdown target", "no limit on the drawdown"."""
    for position in range(len(reading)):
        opening = DROPPING.at(reading, position)
        measure = MEASURE_PHRASES.at(reading, opening[1]) if opening else None
        if opening is None or measure is None:
            continue
        bound = reading.words(measure[1], measure[1] + 1)[:1] in {(word,) for word in BOUNDS}
        reading.use(position, measure[1] + bound)
        wish = _without_targets(wish, measure[0].metric, measure[0].label)
    return wish


def _without_targets(wish: Wish, metric: str, label: str) -> Wish:
    kept = tuple(target for target in wish.goal.targets if target.metric != metric)
    gone = [target for target in wish.goal.targets if target.metric == metric]
    if not gone:
        return replace(wish, noted=(*wish.noted, f"there is no target on the {label}"))
    words = "no longer asked: " + ", ".join(map(str, gone))
    return _changed(wish, words, targets=kept)


def _relative(reading: Reading, wish: Wish, basis: Basis) -> Wish:
    for change in read_relative(reading, basis):
        wish = _with_change(wish, change)
    return wish


def _with_change(wish: Wish, change: Change) -> Wish:
    if change.target is None:
        return _changed(wish, change.words, maximum_complexity=change.complexity)
    return _changed(wish, change.words, targets=_with_target(wish.goal.targets, change.target))


def _absolute(reading: Reading, wish: Wish, _: Basis) -> Wish:
    for target in read_targets(reading):
        replaced = _on_the_same_side(wish.goal.targets, target)
        if replaced == target:
            wish = replace(wish, noted=(*wish.noted, f"{target} is asked already"))
            continue
        words = f"{target}, instead of {replaced}" if replaced else str(target)
        wish = _changed(wish, words, targets=_with_target(wish.goal.targets, target))
    return wish


def _with_target(targets: Sequence[Target], target: Target) -> tuple[Target, ...]:
    """The targets with one more; it takes the place of the one that bounded the same metric on the same side."""
    replaced = _on_the_same_side(targets, target)
    return (*(other for other in targets if other is not replaced), target)


def _on_the_same_side(targets: Sequence[Target], target: Target) -> Target | None:
    side = UPPER if target.op in UPPER else LOWER
    return next((t for t in targets if t.metric == target.metric and t.op in side), None)


def _channelled(reading: Reading, wish: Wish, basis: Basis) -> Wish:
    refused = bool(take_all(reading, NO_SENTIMENT))
    dropped = excluded_channels(reading)
    only = _says(reading, "only") or _says(reading, "instead")
    named = {channel for phrase in take_all(reading, CHANNEL_PHRASES) for channel in phrase}
    before = set(wish.goal.channels)
    if refused and named:
        raise InvalidInput("This asks for sentiment and for none.", "name the channels, or leave them out")
    after = set() if refused else (named if named and only else before | named) - dropped
    if named or refused or dropped:
        take_all(reading, SENTIMENT_WORDS)
    if after == before:
        already = "sentiment is not used" if refused else f"the channels are {', '.join(wish.goal.channels) or 'none'}"
        return replace(wish, noted=(*wish.noted, f"{already} already")) if named or refused or dropped else wish
    channels = tuple(channel for channel in CHANNELS if channel in after)
    wish = _changed(wish, _channel_words(before, after), channels=channels)
    return replace(wish, other_data=wish.other_data or not _at_hand(after, set(basis.at_hand)))


def _at_hand(channels: set[Channel], stored: set[Channel]) -> bool:
    """Whether the data of the session serves these channels: several are pooled, and the pool of a session stays."""
    return channels <= stored and (len(channels) < 2 or channels == stored)


def _channel_words(before: set[Channel], after: set[Channel]) -> str:
    if not after:
        return "prices only, no sentiment"
    added = [channel for channel in CHANNELS if channel in after - before]
    gone = [channel for channel in CHANNELS if channel in before - after]
    parts = [f"with {', '.join(added)}"] if added else []
    parts += [f"without {', '.join(gone)}"] if gone else []
    return " and ".join(parts)


def _directed(reading: Reading, wish: Wish) -> Wish:
    refuse_all(reading, NO_DIRECTION)
    sides = list(dict.fromkeys(take_all(reading, DIRECTIONS)))
    if not sides:
        return wish
    if len(sides) > 1:
        raise InvalidInput("This asks for two directions.", 'write "long only", "short only" or "long/short"')
    if sides[0] == wish.goal.direction:
        return replace(wish, noted=(*wish.noted, f"it trades {DIRECTION_WORDS[sides[0]]} already"))
    words = f"{DIRECTION_WORDS[sides[0]]}, instead of {DIRECTION_WORDS[wish.goal.direction]}"
    return _changed(wish, words, direction=sides[0])


def _styled(reading: Reading, wish: Wish) -> Wish:
    named = tuple(dict.fromkeys(take_all(reading, STYLES)))
    if not named:
        return wish
    added = any(_says(reading, word) for word in TOO)
    style = tuple(dict.fromkeys((*wish.goal.style, *named))) if added else named
    if style == wish.goal.style:
        return replace(wish, noted=(*wish.noted, f"the style is {_listed(style)} already"))
    words = f"style {_listed(style)}"
    words += f", instead of {_listed(wish.goal.style)}" if wish.goal.style and not added else ""
    return _changed(wish, words, style=style)


def _symbolised(reading: Reading, wish: Wish, known: Collection[str]) -> Wish:
    named = read_symbols(reading, known)
    others = [symbol for symbol in named if symbol not in wish.goal.symbols]
    if len(named) > 1:
        raise InvalidInput("A follow-up is about one symbol.", f"choose one of {', '.join(named[:10])}")
    wish = replace(wish, symbols=named)
    if not others:
        return wish
    too = any(_says(reading, word) for word in TOO) or _says(reading, "well")
    words = f"on {others[0]} too" if too else f"on {others[0]}"
    return replace(_changed(wish, words, symbols=(others[0],)), other_data=True)


def _dated(wish: Wish, span: Span, data_span: DataSpan | None) -> Wish:
    if span == Span():
        return wish
    before = (wish.goal.start, wish.goal.end)
    opened = wish.goal.model_copy(update={"start": None, "end": None})
    found = dated(opened, span, data_span)
    if not isinstance(found, Goal):
        raise InvalidInput(found.text, "name the dates")
    start, end = found.start or before[0], found.end or before[1]
    if start is not None and end is not None and end <= start:
        raise InvalidInput(f"The period ends ({end}) before it starts ({start}).", "swap the dates")
    if (start, end) == before:
        return replace(wish, noted=(*wish.noted, f"the period is {start} to {end} already"))
    words = f"the period {start or 'from its beginning'} to {end or 'the end of the data'}"
    words += f", instead of {before[0]} to {before[1]}" if all(before) else ""
    return replace(_changed(wish, words, start=start, end=end), other_data=True)


def _refuse_timeframe(reading: Reading) -> None:
    unsupported = [str(named) for named in take_all(reading, TIMEFRAMES) if named != Timeframe.DAY]
    if unsupported:
        raise InvalidInput(f'A session cannot run on "{unsupported[0]}" bars.', "it runs on daily bars (1d)")


def _changed(wish: Wish, words: str, **fields: object) -> Wish:
    return replace(wish, goal=wish.goal.model_copy(update=fields), changes=(*wish.changes, words))


def _says(reading: Reading, word: str) -> bool:
    return word in _words(reading)


def _words(reading: Reading) -> Iterator[str]:
    return (token.word for token in reading.tokens)


def _listed(style: Sequence[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in style)
