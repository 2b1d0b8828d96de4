"""The JSON documents of dataset versions in the documented keys."""

from typing import Any

import numpy as np

from backend.domain.ports import DatasetUse
from backend.domain.sentiment import COVERAGE_CODES, SentimentDataset
from backend.services.datasets.days import COUNTS, MEANS, reasons_of
from backend.services.stored_runs import utc_texts


def dataset_document(dataset: SentimentDataset, *, data: bool = False) -> dict[str, Any]:
    """One version with what is known of its sessions; with ``data`` the record of each session by its date."""
    document = {
        "id": dataset.id,
        "symbol": dataset.symbol,
        "channel": dataset.channel,
        "provider": dataset.provider,
        "timeframe": dataset.timeframe.value,
        "start": dataset.start.isoformat(),
        "end": dataset.end.isoformat(),
        "scorer": dataset.scorer,
        "content_hash": dataset.content_hash,
        "metadata": dataset.metadata.model_dump(mode="json"),
        "coverage_runs": coverage_runs(dataset),
    }
    return document | ({"data": _records(dataset)} if data else {})


def used_document(dataset: SentimentDataset, use: DatasetUse, *, data: bool = False) -> dict[str, Any]:
    """The same with the bots and the running sessions that keep it."""
    users = {"bots": list(use.bots), "sessions": list(use.sessions)}
    return dataset_document(dataset, data=data) | users


def coverage_runs(dataset: SentimentDataset) -> list[dict[str, Any]]:
    """Consecutive sessions of which the same is known, in order: far shorter than a list of all sessions."""
    days = dataset.days
    if not len(days):
        return []
    starts = np.concatenate([[0], np.flatnonzero(np.diff(days.coverage)) + 1])
    stops = np.append(starts[1:], len(days))
    sessions = np.datetime_as_string(days.session)
    return [
        {
            "start": str(sessions[start]),
            "end": str(sessions[stop - 1]),
            "sessions": int(stop - start),
            "coverage": COVERAGE_CODES[int(days.coverage[start])].value,
        }
        for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)
    ]


def _records(dataset: SentimentDataset) -> dict[str, dict[str, Any]]:
    """The record of each session by its date, with the keys of ``SentimentDay``; what is missing is null."""
    days, metadata = dataset.days, dataset.metadata
    sessions: list[str] = np.datetime_as_string(days.session).tolist()
    reasons = {session.isoformat(): reason for session, reason in reasons_of(days, metadata.failures).items()}
    columns: dict[str, list[Any]] = {
        "session": sessions,
        "cutoff_utc": utc_texts(days.cutoff),
        "coverage": [COVERAGE_CODES[code].value for code in days.coverage.tolist()],
        "failed_reason": [reasons.get(session) for session in sessions],
        **{name: getattr(days, name).tolist() for name in (*COUNTS, *MEANS)},
    }
    shared = {
        "scorer": dataset.scorer,
        "point_in_time": metadata.point_in_time,
        "available_posts": metadata.available_posts,
    }
    rows = zip(*columns.values(), strict=True)
    return {row[0]: dict(zip(columns, row, strict=True)) | shared for row in rows}
