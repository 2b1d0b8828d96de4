"""When: dates, years, months and spans that count back from the end of the data."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from backend.agents.understanding.lexicon import MONTHS, NUMBER_WORDS
from backend.agents.understanding.reading import Lexicon, Reading, words
from backend.domain.errors import InvalidInput

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_BETWEEN = words("to until till through and")
_START: Lexicon[None] = Lexicon(
    dict.fromkeys(("since", "from", "starting", "starting in", "starting from", "beginning"))
)
_AFTER: Lexicon[None] = Lexicon(dict.fromkeys(("after",)))
_END: Lexicon[None] = Lexicon(dict.fromkeys(("until", "till", "through", "up to", "to", "ending", "ending in")))
_BEFORE: Lexicon[None] = Lexicon(dict.fromkeys(("before", "prior to")))
_WITHIN: Lexicon[None] = Lexicon(dict.fromkeys(("in", "during", "over", "for", "within", "throughout")))
_BACK: Lexicon[None] = Lexicon(
    {
        f"{opening} {word}": None
        for opening in ("", "the", "over the", "in the", "during the", "for the", "within the", "over", "in", "for")
        for word in ("last", "past", "previous", "recent", "latest")
    }
)
_UNITS: dict[str, tuple[str, int]] = {
    "year": ("months", 12), "years": ("months", 12), "decade": ("months", 120), "decades": ("months", 120),
    "month": ("months", 1), "months": ("months", 1), "quarter": ("months", 3), "quarters": ("months", 3),
    "week": ("days", 7), "weeks": ("days", 7), "day": ("days", 1), "days": ("days", 1),
}  # fmt: skip


@dataclass(frozen=True)
class Back:
    """A span that ends where the data ends, in the words of the request."""

    words: str
    months: int
    days: int

    def start(self, end: date) -> date:
        """First day of the span that ends with ``end``.

        Raises:
            InvalidInput: it reaches back before any data.
        """
        month = end.year * 12 + end.month - 1 - self.months
        year, month = divmod(month, 12)
        if year < EARLIEST_YEAR or self.days > 365 * 200:
            raise InvalidInput(f'"{self.words}" reaches back too far.', "name a start date")
        first = date(year, month + 1, min(end.day, _days_in(year, month + 1)))
        return first - timedelta(days=self.days - 1) if self.days else first + timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """The period of a request: dates as far as they were named, or a span back from the end of the data."""

    start: date | None = None
    end: date | None = None
    back: Back | None = None

    def joined(self, other: "Span") -> "Span":
        """Both statements together.

        Raises:
            InvalidInput: they name different days for the same end.
        """
        for mine, its in ((self.start, other.start), (self.end, other.end), (self.back, other.back)):
            if mine is not None and its is not None and mine != its:
                raise InvalidInput("The request names two periods.", "name one start and one end")
        return Span(self.start or other.start, self.end or other.end, self.back or other.back)


def stated_span(start: str | None, end: str | None) -> Span:
    """The dates stated beside the request.

    Raises:
        InvalidInput: one of them is not a date.
    """
    return Span(_stated("start", start), _stated("end", end))


def read_span(reading: Reading) -> Span:
    """The period that the request names; its tokens are used.

    Raises:
        InvalidInput: a date does not exist, or two periods are named.
    """
    span = Span()
    for position in range(len(reading)):
        for reader in (_between, _since, _until, _before, _after, _within, _back):
            found = reader(reading, position)
            if found is not None:
                span = span.joined(found[0])
                reading.use(position, found[1])
                break
    return span


@dataclass(frozen=True)
class _Day:
    """A day, month or year: its first and last day."""

    first: date
    last: date


def _between(reading: Reading, position: int) -> tuple[Span, int] | None:
    """Two dates: "from 2005 to 2010", "between March 2005 and 2010", "2005-2010"."""
    years = reading.token(position, "years")
    if years is not None:
        return Span(date(int(years.text[:4]), 1, 1), date(int(years.text[-4:]), 12, 31)), position + 1
    opening = reading.words(position, position + 1) in (("from",), ("between",))
    first = _day(reading, position + opening)
    if first is None or reading.words(first[1], first[1] + 1)[:1] not in {(word,) for word in _BETWEEN}:
        return None
    joined_by_and = reading.words(first[1], first[1] + 1) == ("and",)
    last = _day(reading, first[1] + 1)
    if last is None or (joined_by_and and reading.words(position, position + 1) != ("between",)):
        return None
    return Span(first[0].first, last[0].last), last[1]


def _since(reading: Reading, position: int) -> tuple[Span, int] | None:
    found = _dated(reading, position, _START)
    return (Span(start=found[0].first), found[1]) if found else None


def _after(reading: Reading, position: int) -> tuple[Span, int] | None:
    found = _dated(reading, position, _AFTER)
    return (Span(start=found[0].last + timedelta(days=1)), found[1]) if found else None


def _until(reading: Reading, position: int) -> tuple[Span, int] | None:
    found = _dated(reading, position, _END)
    return (Span(end=found[0].last), found[1]) if found else None


def _before(reading: Reading, position: int) -> tuple[Span, int] | None:
    found = _dated(reading, position, _BEFORE)
    return (Span(end=found[0].first - timedelta(days=1)), found[1]) if found else None


def _within(reading: Reading, position: int) -> tuple[Span, int] | None:
    found = _dated(reading, position, _WITHIN)
    return (Span(found[0].first, found[0].last), found[1]) if found else None


def _back(reading: Reading, position: int) -> tuple[Span, int] | None:
    """A span that counts back: "last five years", "past decade"."""
    opening = _BACK.at(reading, position)
    if opening is None:
        return None
    count, stop = _count(reading, opening[1])
    unit = reading.words(stop, stop + 1)
    if not unit or unit[0] not in _UNITS:
        return None
    kind, size = _UNITS[unit[0]]
    said = " ".join(token.text for token in reading.tokens[position : stop + 1])
    amount = count * size
    return Span(back=Back(said, *((amount, 0) if kind == "months" else (0, amount)))), stop + 1


def _count(reading: Reading, position: int) -> tuple[int, int]:
    token = reading.token(position, "number")
    if token is not None and token.text.isdigit() and 0 < len(token.text) <= 4 and int(token.text) > 0:
        return int(token.text), position + 1
    word = reading.words(position, position + 1)
    if word and word[0] in NUMBER_WORDS:
        return int(NUMBER_WORDS[word[0]]), position + 1
    return 1, position


def _dated(reading: Reading, position: int, lexicon: Lexicon[None]) -> tuple[_Day, int] | None:
    opening = lexicon.at(reading, position)
    if opening is None:
        return None
    article = reading.words(opening[1], opening[1] + 1) in (("the",), ("year",))
    return _day(reading, opening[1] + article)


def _day(reading: Reading, position: int) -> tuple[_Day, int] | None:
    iso = reading.token(position, "date")
    if iso is not None:
        day = _parsed(iso.text, "date")
        return _Day(day, day), position + 1
    year = _year(reading, position)
    if year is not None:
        return _Day(date(year, 1, 1), date(year, 12, 31)), position + 1
    month = reading.words(position, position + 1)
    year = _year(reading, position + 1)
    if month and month[0] in MONTHS and year is not None:
        number = MONTHS[month[0]]
        return _Day(date(year, number, 1), date(year, number, _days_in(year, number))), position + 2
    return None


def _year(reading: Reading, position: int) -> int | None:
    token = reading.token(position, "number")
    if token is None or not re.fullmatch(r"(19|20)[0-9]{2}", token.text):
        return None
    return int(token.text)


def _days_in(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def _stated(name: str, text: str | None) -> date | None:
    return None if text is None else _parsed(text.strip(), f"{name} date")


def _parsed(text: str, what: str) -> date:
    hint = "write it as YYYY-MM-DD, like 2005-01-31"
    if not _ISO.fullmatch(text):
        raise InvalidInput(f'The {what} "{text[:40]}" is not a date.', hint)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f'The {what} "{text}" does not exist.', hint) from None
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise InvalidInput(f'The {what} "{text}" is out of range.', f"years from {EARLIEST_YEAR} to {LATEST_YEAR}")
    return day
