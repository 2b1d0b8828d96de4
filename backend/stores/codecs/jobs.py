"""Jobs as rows: every field of the record is a column."""

from typing import Any

from backend.domain.jobs import Job
from backend.stores.codecs.documents import record_of
from backend.stores.codecs.rows import StoredRow

CHANGED = tuple(
    name
    for name in Job.model_fields
    if name not in ("job_id", "owner", "kind", "subject_id", "arguments", "created_at", "cancel_requested")
)
"""Columns that a worker writes."""


def job_row(job: Job) -> dict[str, Any]:
    """All columns."""
    return {name: getattr(job, name) for name in Job.model_fields}


def changed_row(job: Job) -> dict[str, Any]:
    """The columns that a worker writes."""
    return {name: getattr(job, name) for name in CHANGED}


def job_of(row: StoredRow) -> Job:
    """Raises Unavailable where a value does not fit."""
    return record_of(Job, {name: row[name] for name in Job.model_fields}, f"job {row['job_id']}")
