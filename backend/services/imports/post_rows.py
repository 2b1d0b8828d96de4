"""Turns the rows of a file into posts, and refuses those that cannot be used."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from backend.domain.errors import InvalidInput
from backend.domain.hashing import hash_json
from backend.domain.ports import FileTable
from backend.domain.sentiment import Channel, Post, channel_named
from backend.engine.calendar import FIRST_DAY, LAST_DAY
from backend.services.imports.columns import POST_COLUMNS, found_columns, require_columns
from backend.services.imports.report import Refusals
from backend.services.imports.stamps import Stamp, end_of_day, read_stamp

SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9.\-=^]{0,14}")
GONE = {"[removed]", "[deleted]"}


@dataclass(frozen=True)
class PostDefaults:
    """What the user said beside the file: a channel for every row, and a symbol for the rows that name none."""

    channel: Channel | None = None
    symbol: str | None = None


class _Refused(Exception):
    """A row that cannot be taken; caught where rows are counted."""


def read_symbol(value: Any) -> str | None:
    """An upper-case ticker without cashtag sign; None when it is none."""
    symbol = str(value).strip().lstrip("$").upper() if value is not None else ""
    return symbol if SYMBOL.fullmatch(symbol) else None


def posts_of(file: str, table: FileTable, defaults: PostDefaults, refusals: Refusals, now: datetime) -> list[Post]:
    """The posts of a file: one for each row and symbol it names; what is stamped after ``now`` is refused.

    Raises:
        InvalidInput: a needed column is missing.
    """
    found = _columns(file, table.columns, defaults)
    posts: dict[tuple[str, str, str], Post] = {}
    for line, row in _rows(table, found):
        try:
            made = _posts(row, defaults)
            _refuse_future(made[0], now)
        except _Refused as refused:
            refusals.add(str(refused), [line])
            continue
        for post in made:
            if posts.setdefault((post.channel, post.symbol, post.id), post) is not post:
                refusals.add("the same id and symbol occur twice", [line])
    return list(posts.values())


def _columns(file: str, columns: Mapping[str, Sequence[Any]], defaults: PostDefaults) -> dict[str, str]:
    needed = ["created_at"]
    if "title" not in found_columns(columns, POST_COLUMNS):
        needed.append("text")
    if defaults.symbol is None:
        needed.append("symbol")
    if defaults.channel is None:
        needed.append("channel")
    return require_columns(file, columns, POST_COLUMNS, needed)


def _rows(table: FileTable, found: Mapping[str, str]) -> Iterator[tuple[int, dict[str, Any]]]:
    columns = [table.columns[name] for name in found.values()]
    for line, values in zip(table.lines, zip(*columns, strict=True), strict=True):
        yield line, dict(zip(found, values, strict=True))


def _refuse_future(post: Post, now: datetime) -> None:
    """A date alone may be today's, and stands for the midnight that ends it."""
    if post.created_at - timedelta(days=post.date_only) > now:
        raise _Refused("created_at lies in the future")


def _posts(row: Mapping[str, Any], defaults: PostDefaults) -> list[Post]:
    created_at, date_only = _created_at(row)
    text = _text(row)
    channel = defaults.channel or _channel(row.get("channel"))
    shared = {
        "id": _id(row, created_at, text),
        "channel": channel,
        "created_at": created_at,
        "date_only": date_only,
        "known_at": _known_at(row.get("known_at")),
        "author": _clean(row.get("author")),
        "text": text,
        "score": _score(row.get("score")),
        "url": _clean(row.get("url")),
    }
    return [Post(symbol=symbol, **shared) for symbol in _symbols(row.get("symbol"), defaults.symbol)]


def _created_at(row: Mapping[str, Any]) -> tuple[datetime, bool]:
    stamp = read_stamp(row.get("created_at"))
    if stamp is None:
        raise _Refused("created_at is no date or time in ISO form")
    if not FIRST_DAY <= stamp.day <= LAST_DAY:
        raise _Refused(f"created_at lies outside {FIRST_DAY.year}..{LAST_DAY.year}")
    if stamp.date_only or _is_true(row.get("date_only")):
        return end_of_day(stamp.day), True
    return _moment(stamp).replace(microsecond=0), False


def _moment(stamp: Stamp) -> datetime:
    if stamp.moment is None:
        raise _Refused("created_at has a time without a zone; write 2014-01-02T10:00:00Z")
    return stamp.moment


def _is_true(value: Any) -> bool:
    return value is True or str(value).strip().lower() in {"true", "1"}


def _text(row: Mapping[str, Any]) -> str:
    parts = [_clean(row.get(name)) for name in ("title", "text")]
    text = "\n".join(part for part in parts if part and part not in GONE)
    if not text:
        raise _Refused("there is no text")
    return text


def _clean(value: Any) -> str:
    """A text that can be stored: no white space around it, no halves of characters."""
    return "" if value is None else str(value).strip().encode("utf-8", "replace").decode()


def _channel(value: Any) -> Channel:
    try:
        return channel_named(str(value or ""))
    except InvalidInput as error:
        raise _Refused(f"{error.message.rstrip('.')}; name that of the whole file: `--channel`") from None


def _id(row: Mapping[str, Any], created_at: datetime, text: str) -> str:
    stated = _clean(row.get("id"))
    return stated or f"row_{hash_json([created_at.isoformat(), text, _clean(row.get('author'))])[:16]}"


def _known_at(value: Any) -> datetime | None:
    stamp = read_stamp(value)
    return None if stamp is None else stamp.moment


def _score(value: Any) -> float | None:
    try:
        score = float(value)
    except (TypeError, ValueError):
        return None
    return score if isfinite(score) else None


def _symbols(value: Any, default: str | None) -> list[str]:
    if isinstance(value, str):
        value = re.split(r"[,;|\s]+", value.strip("[](){} \t"))
        value = [part.strip("'\"") for part in value]
    named = [part for part in (value if isinstance(value, list) else [value]) if part not in (None, "")]
    if not named and default is None:
        raise _Refused("it names no symbol")
    symbols = [read_symbol(part) for part in named] or [default]
    if None in symbols:
        raise _Refused("its symbol is no ticker")
    return list(dict.fromkeys(symbol for symbol in symbols if symbol is not None))
