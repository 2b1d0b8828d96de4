"""Finds the columns of a file by their usual names."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.domain.errors import InvalidInput
from backend.domain.suggestions import did_you_mean

Aliases = Mapping[str, Sequence[str]]

PRICE_COLUMNS: Aliases = {
    "symbol": ("symbol", "ticker"),
    "time": ("date", "time", "timestamp", "datetime", "ts_utc", "ts_utc_bar_start", "ts_utc_bar_end"),
    "open": ("open",),
    "high": ("high",),
    "low": ("low",),
    "close": ("close",),
    "volume": ("volume",),
    "adjusted": ("adj_close", "adjusted_close", "adjclose", "adj"),
    "adjustment": ("adjustment",),
}
POST_COLUMNS: Aliases = {
    "id": ("id", "post_id"),
    "created_at": ("created_at", "timestamp", "datetime", "time", "date", "created_utc"),
    "symbol": ("ticker", "symbol", "tickers", "symbols"),
    "text": ("text", "body", "headline"),
    "title": ("title",),
    "channel": ("channel", "source"),
    "author": ("user", "author"),
    "score": ("score",),
    "known_at": ("known_at",),
    "date_only": ("date_only",),
    "url": ("url",),
}


def found_columns(columns: Mapping[str, Sequence[Any]], aliases: Aliases) -> dict[str, str]:
    """The name in the file of each column that is there; case, spaces and hyphens do not matter."""
    plain = {name.strip().lower().replace(" ", "_").replace("-", "_"): name for name in columns}
    named = {key: next((plain[alias] for alias in usual if alias in plain), None) for key, usual in aliases.items()}
    return {key: name for key, name in named.items() if name is not None}


def require_columns(
    file: str, columns: Mapping[str, Sequence[Any]], aliases: Aliases, needed: Sequence[str]
) -> dict[str, str]:
    """The columns found, if the needed ones are among them.

    Raises:
        InvalidInput: naming what is there and what is needed.
    """
    found = found_columns(columns, aliases)
    missing = [key for key in needed if key not in found]
    if missing:
        wanted = " or ".join(aliases[missing[0]])
        resembling = did_you_mean(aliases[missing[0]][0], [name for name in columns if name not in found.values()])
        there = ", ".join(columns) or "none"
        raise InvalidInput(
            f"{file} has no column {wanted}; its columns are {there}.",
            resembling or f"needed: {', '.join(aliases[key][0] for key in needed)}",
        )
    return found
