"""What the logs of sessions and batches answer."""

from pydantic import ConfigDict

from backend.domain.batches import BatchEvent
from backend.domain.record import Record
from backend.domain.sessions import Event

_AT = "2026-02-03T15:04:05.678901Z"


class SessionEvents(Record):
    """A page of a session's log.

    Attributes:
        next: what to hand in as ``after`` for the events behind these, now or later; null when the log has ended.
        ended: whether nothing is going to be added, unless the session is taken up again.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "events": [
                    {
                        "id": 1,
                        "session_id": "ses_1f0c9a2b7d43",
                        "at": _AT,
                        "type": "session.started",
                        "data": {"request": "momentum on AAPL", "seed": 0},
                    }
                ],
                "next": 1,
                "ended": False,
            }
        }
    )

    events: tuple[Event, ...]
    next: int | None
    ended: bool


class BatchEvents(Record):
    """A page of a batch's log.

    Attributes:
        next: what to hand in as ``after`` for the events behind these, now or later; null when the log has ended.
        ended: whether nothing is going to be added, unless cells are run again.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "events": [
                    {
                        "id": 1,
                        "batch_id": "bat_1f0c9a2b7d43",
                        "at": _AT,
                        "type": "batch.started",
                        "data": {"cells": 4},
                    }
                ],
                "next": 1,
                "ended": False,
            }
        }
    )

    events: tuple[BatchEvent, ...]
    next: int | None
    ended: bool
