"""Dataset versions as rows: columns of equal length in one JSON document, NaN as null."""

from dataclasses import fields
from typing import Any

import numpy as np

from backend.domain.sentiment import (
    Channel,
    DatasetLink,
    DatasetMetadata,
    SentimentDataset,
    SentimentDay,
    SentimentDays,
)
from backend.domain.timeframes import Timeframe
from backend.stores.codecs.documents import record_of
from backend.stores.codecs.rows import StoredRow, damaged, reading

_NAMES = ("id", "symbol", "channel", "provider", "start", "end", "scorer")
_DTYPES = {"session": "datetime64[D]", "cutoff": "datetime64[s]", "coverage": "int8"}
_DTYPES |= dict.fromkeys(("posts", "unique_posts", "authors", "positive", "neutral", "negative"), "int64")
_DTYPES |= dict.fromkeys(("mean", "median", "std"), "float64")
DAY_COLUMNS = tuple(SentimentDay.model_fields)
_LINK_NAMES = ("id", "symbol", "channel", "provider", "start", "end", "content_hash")


def dataset_row(owner: str, dataset: SentimentDataset) -> dict[str, Any]:
    """The row of one version of ``owner``."""
    named = {name: getattr(dataset, name) for name in _NAMES}
    return named | {
        "owner": owner,
        "timeframe": str(dataset.timeframe),
        "content_hash": dataset.content_hash,
        "created_at": dataset.metadata.fetched_at,
        "metadata": dataset.metadata,
        "data": _columns(dataset.days),
    }


def dataset_of(row: StoredRow) -> SentimentDataset:
    """The version that a row holds, checked against its hash.

    Raises:
        Unavailable: the stored values are not those that were written.
    """
    what = f"dataset {row['id']}"
    metadata = record_of(DatasetMetadata, row["metadata"], what)
    with reading(what):
        columns = {name: np.array(row["data"][name], dtype=dtype) for name, dtype in _DTYPES.items()}
        named = {name: row[name] for name in _NAMES}
        dataset = SentimentDataset(
            **named, timeframe=Timeframe(row["timeframe"]), days=SentimentDays(**columns), metadata=metadata
        )
    if dataset.content_hash != row["content_hash"]:
        raise damaged(what, "its values do not give its hash")
    return dataset


def link_of(row: StoredRow) -> DatasetLink:
    """The version as sessions and bots name it, without its rows."""
    metadata = metadata_of(row)
    counts = metadata.model_dump(include={"total_days", "days_with_data", "coverage"})
    return record_of(DatasetLink, {name: row[name] for name in _LINK_NAMES} | counts, f"dataset {row['id']}")


def metadata_of(row: StoredRow) -> DatasetMetadata:
    """What is known of how a version was made."""
    return record_of(DatasetMetadata, row["metadata"], f"dataset {row['id']}")


def day_row(owner: str, symbol: str, channel: Channel, provider: str, day: SentimentDay) -> dict[str, Any]:
    """The row of the record of one trading session."""
    series = {"owner": owner, "symbol": symbol, "channel": channel, "provider": provider}
    return series | {name: getattr(day, name) for name in DAY_COLUMNS}


def day_of(row: StoredRow) -> SentimentDay:
    """The record of a row with ``DAY_COLUMNS``."""
    return record_of(SentimentDay, dict(row), f"sentiment of session {row['session']}")


def _columns(days: SentimentDays) -> dict[str, list[Any]]:
    """Columns by name; times as days and seconds since 1970, which read back ten times as fast as their texts.

    Rows of older versions hold the texts, which are read as well.
    """
    columns = {field.name: getattr(days, field.name) for field in fields(days)}
    return {name: (x.astype(np.int64) if x.dtype.kind == "M" else x).tolist() for name, x in columns.items()}
