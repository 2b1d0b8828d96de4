"""Puts a goal together from what the rules found in a request, and asks back for what they could not find."""

from collections.abc import Callable, Collection, Sequence
from datetime import date

from backend.agents.understanding.lexicon import (
    CHANNEL_PHRASES,
    DIRECTIONS,
    EXCLUDING,
    NEUTRAL,
    NO_DIRECTION,
    NO_SENTIMENT,
    SENTIMENT_WORDS,
    STOP_WORDS,
    STYLES,
    TIMEFRAMES,
)
from backend.agents.understanding.period import Span, read_span, stated_span
from backend.agents.understanding.reading import Lexicon, Reading, V
from backend.agents.understanding.symbols import read_symbols, stated_symbols
from backend.agents.understanding.targets import read_targets
from backend.domain.errors import InvalidInput
from backend.domain.goal import Direction, Goal, Question, Target
from backend.domain.periods import Period
from backend.domain.sentiment import CHANNELS, Channel, channel_named
from backend.domain.sessions import SessionRequest
from backend.domain.suggestions import did_you_mean
from backend.domain.timeframes import Timeframe

DataSpan = Callable[[str, Goal], Period | None]
"""The period that the data of a symbol covers for a goal; None when nobody knows before it is fetched."""

NEEDS_POSTS = frozenset({"sentiment_momentum", "sentiment_contrarian", "attention"})
"""Styles that cannot be traded without a channel."""


def understand(
    request: SessionRequest, known_symbols: Sequence[str], data_span: DataSpan | None = None
) -> Goal | Question:
    """Read a request by rules; what none of them can use is listed in ``Goal.not_understood``.

    Args:
        request: the user's words, and what was stated beside them.
        known_symbols: symbols that the data sources can list; others are recognised by their place in the sentence.
        data_span: is asked only for spans such as "last five years", which count back from the end of the data.

    Returns:
        A goal, or a question when the symbol, the sentiment channel or the end of the data is missing.

    Raises:
        InvalidInput: something in it is impossible, contradictory or not supported; the message names it.
    """
    reading = Reading(request.text)
    take_all(reading, NEUTRAL)
    targets = read_targets(reading)
    span = stated_span(request.start, request.end).joined(read_span(reading))
    timeframe = _timeframe(request, reading)
    channels, wants_sentiment = _channels(request, reading)
    refuse_all(reading, NO_DIRECTION)
    direction = _direction(reading)
    style = tuple(dict.fromkeys(take_all(reading, STYLES)))
    symbols = _symbols(request, reading, frozenset(known_symbols))
    goal = Goal(
        request=request.text,
        symbols=symbols,
        timeframe=timeframe,
        channels=channels,
        targets=targets,
        style=style,
        direction=direction,
        **trade_limits(targets),
        not_understood=reading.leftovers(STOP_WORDS),
    )
    if not symbols:
        return Question(text=_which_symbol(goal, known_symbols), goal=goal)
    if not channels and wants_sentiment:
        return Question(text=f"Which sentiment? Name one or more of {', '.join(CHANNELS)}.", goal=goal)
    return dated(goal, span, data_span)


def take_all(reading: Reading, lexicon: Lexicon[V]) -> list[V]:
    """The meanings of every phrase of the lexicon, in the order of the request; their tokens are used."""
    found = []
    for position in range(len(reading)):
        phrase = lexicon.at(reading, position)
        if phrase is not None:
            found.append(phrase[0])
            reading.use(position, phrase[1])
    return found


def refuse_all(reading: Reading, lexicon: Lexicon[None]) -> None:
    """Every phrase of the lexicon asks for something that cannot be expressed."""
    for position in range(len(reading)):
        phrase = lexicon.at(reading, position)
        if phrase is not None:
            reading.refuse(position, phrase[1])


def _timeframe(request: SessionRequest, reading: Reading) -> Timeframe:
    named = dict.fromkeys(take_all(reading, TIMEFRAMES))
    if request.timeframe is not None:
        if request.timeframe not in set(Timeframe):
            hint = did_you_mean(request.timeframe, [str(t) for t in Timeframe]) or "1d is a trading session"
            raise InvalidInput(f'"{request.timeframe[:40]}" is not a timeframe.', hint)
        named[Timeframe(request.timeframe)] = None
    unsupported = [str(timeframe) for timeframe in named if timeframe != Timeframe.DAY]
    if unsupported:
        raise InvalidInput(f'A session cannot run on "{unsupported[0]}" bars.', "it runs on daily bars (1d)")
    return Timeframe.DAY


def _channels(request: SessionRequest, reading: Reading) -> tuple[tuple[Channel, ...], bool]:
    """The channels in their registry's order, and whether sentiment was asked for without naming one."""
    dropped = {channel_named(name) for name in request.without}
    refused = bool(take_all(reading, NO_SENTIMENT))
    dropped |= excluded_channels(reading)
    named = {channel for phrase in take_all(reading, CHANNEL_PHRASES) for channel in phrase}
    followed = [style for style in _styles(reading) if style in NEEDS_POSTS]
    wanted = bool(_mentions(reading, SENTIMENT_WORDS) or followed) and not named and not refused
    _use_sentiment_words(reading, named=bool(named) or wanted or refused)
    if refused and named:
        raise InvalidInput("The request asks for sentiment and for none.", "name the channels, or leave them out")
    return tuple(channel for channel in CHANNELS if channel in named - dropped), wanted


def excluded_channels(reading: Reading) -> set[Channel]:
    """Channels after a word like "without"; several may follow, joined by commas, "and" or "or"."""
    dropped: set[Channel] = set()
    for position in range(len(reading)):
        opening = EXCLUDING.at(reading, position)
        phrase = CHANNEL_PHRASES.at(reading, opening[1]) if opening else None
        stop = position
        while phrase is not None:
            dropped.update(phrase[0])
            stop = phrase[1]
            linked = stop < len(reading) and reading.tokens[stop].word in ("and", "or", ",")
            phrase = CHANNEL_PHRASES.at(reading, stop + 1) if linked else None
        reading.use(position, stop)
    return dropped


def _styles(reading: Reading) -> list[str]:
    return _mentions(reading, STYLES)


def _mentions(reading: Reading, lexicon: Lexicon[V]) -> list[V]:
    return [phrase[0] for position in range(len(reading)) if (phrase := lexicon.at(reading, position))]


def _use_sentiment_words(reading: Reading, *, named: bool) -> None:
    """Words such as "sentiment" are understood once a channel is; a style may need them first."""
    for position in range(len(reading)):
        word = SENTIMENT_WORDS.at(reading, position)
        within_style = any(
            (style := STYLES.at(reading, first)) is not None and first <= position < style[1]
            for first in range(max(0, position - 2), position + 1)
        )
        if named and word is not None and not within_style:
            reading.use(position, word[1])


def _direction(reading: Reading) -> Direction:
    sides = set(take_all(reading, DIRECTIONS))
    if sides == {"long", "short"}:
        raise InvalidInput(
            "The request asks for long only and for short.", 'write "long only", "short only" or "long/short"'
        )
    if "both" in sides:
        return "both"
    return "short" if "short" in sides else "long"


def trade_limits(targets: Sequence[Target]) -> dict[str, int | None]:
    """The user's own numbers of trades, as whole inclusive bounds."""
    least = [int(t.value) + (t.op == ">") for t in targets if t.metric == "trades" and t.op in (">", ">=")]
    most = [int(t.value) - (t.op == "<") for t in targets if t.metric == "trades" and t.op in ("<", "<=")]
    limits = {"minimum_trades": max(least, default=0), "maximum_trades": min(most, default=0)}
    return {name: value if value >= 1 else None for name, value in limits.items()}


def _symbols(request: SessionRequest, reading: Reading, known: Collection[str]) -> tuple[str, ...]:
    named = read_symbols(reading, known)
    symbols = tuple(dict.fromkeys((*stated_symbols(request.symbols), *named)))
    if len(symbols) > 1:
        raise InvalidInput("A session works on one symbol.", f"choose one of {', '.join(symbols[:10])}")
    return symbols


def _which_symbol(goal: Goal, known: Sequence[str]) -> str:
    example = known[0] if known else "AAPL"
    listed = f" Sample data is at hand for {', '.join(sorted(known)[:10])}." if known else ""
    unread = next((phrase for phrase in goal.not_understood if phrase.isupper() and " " not in phrase), None)
    meant = f' If "{unread[:12]}" is one, write ${unread[:12]}.' if unread else ""
    return f'Which symbol? Name one, for example "on {example}".{meant}{listed}'


def dated(goal: Goal, span: Span, data_span: DataSpan | None) -> Goal | Question:
    """The goal with its dates; a question where the end of the data is needed and not known."""
    start, end = span.start, span.end
    if span.back is not None:
        if start is not None:
            raise InvalidInput(f'The request names a start and "{span.back.words}".', "name one of them")
        end = end or _end_of_data(goal, data_span)
        if end is None:
            return Question(text=f'From when on? The end of the data for "{span.back.words}" is not known.', goal=goal)
        start = span.back.start(end)
    if start is not None and end is not None and end <= start:
        raise InvalidInput(f"The period ends ({end}) before it starts ({start}).", "swap the dates")
    return goal.model_copy(update={"start": start, "end": end})


def _end_of_data(goal: Goal, data_span: DataSpan | None) -> date | None:
    covered = data_span(goal.symbols[0], goal) if data_span else None
    return covered.end if covered else None
