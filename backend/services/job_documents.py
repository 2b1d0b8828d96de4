"""A job as people see it."""

from typing import Any

from backend.domain.jobs import Job

_SHOWN = (
    "job_id",
    "kind",
    "subject_id",
    "status",
    "created_at",
    "started_at",
    "ended_at",
    "tries",
    "not_before",
    "cancel_requested",
    "progress",
    "result",
    "error",
)


def job_document(job: Job) -> dict[str, Any]:
    """What it runs, how far it is, and what came of it; nothing about who does it."""
    shown = job.model_dump(mode="json", include=set(_SHOWN))
    return {name: shown[name] for name in _SHOWN}
