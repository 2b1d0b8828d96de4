"""The logs of sessions and batches: followed as a stream, or read in pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from backend.api.answers import Answer, gone
from backend.api.deps import Everybody, Served
from backend.api.documents.events import BatchEvents, SessionEvents
from backend.api.streams import BatchLog, Log, SessionLog, Streams
from backend.api.streams.logs import PAGE, events_document
from backend.domain.errors import InvalidInput
from backend.domain.record import Record

router = APIRouter()

LONGEST_ID = 15
"""Digits; longer numbers are none that a log could have reached."""

Format = Literal["stream", "json"]


async def wanted_format(
    format: Annotated[
        Format, Query(description="`json` for a page of the log; `Accept` may ask for it too.")
    ] = "stream",
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Format:
    """A stream, unless JSON is asked for and no stream is."""
    json_alone = "application/json" in accept and "text/event-stream" not in accept
    return "json" if json_alone else format


async def last_seen(
    after: Annotated[str, Query(description="Id of the last event that you have; only later ones are sent.")] = "",
    last_event_id: Annotated[
        str, Header(description="The same as `after`, and before it; browsers send it when they ask again.")
    ] = "",
) -> int:
    """Id of the last event that the client has; 0 for none. Raises InvalidInput for what is no such id."""
    stated = (last_event_id or after).strip() or "0"
    if not (stated.isascii() and stated.isdigit() and len(stated) <= LONGEST_ID):
        raise InvalidInput("The id of the last event is not a number.", "send the id of an event, or none")
    return int(stated)


@dataclass(frozen=True)
class Listening:
    """How a log is to be answered."""

    request: Request
    format: Annotated[Format, Depends(wanted_format)]
    after: Annotated[int, Depends(last_seen)]
    limit: Annotated[int, Query(ge=1, le=PAGE, description="Events of a page of JSON at most.")] = PAGE

    async def answer(self, log: Log) -> Response:
        """A stream or a page of the log; 204 where a stream would have nothing to send any more."""
        if self.format == "json":
            return Answer(await run_in_threadpool(events_document, log, self.after, self.limit))
        streams: Streams = self.request.app.state.streams
        until = getattr(self.request.state, "signed_in_until", None)
        return await streams.open(log, self.after, until) or gone()


Listened = Annotated[Listening, Depends()]


def _responses(page: type[Record]) -> dict[int | str, dict[str, Any]]:
    stream: Mapping[str, Any] = {
        "schema": {"type": "object", "properties": {name: {"type": "string"} for name in ("id", "event", "data")}},
        "example": 'retry: 2000\n\nid: 1\nevent: session.started\ndata: {"id": 1}\n\n: heartbeat\n\n',
    }
    return {
        200: {"model": page, "description": "The log.", "content": {"text/event-stream": stream}},
        204: {"description": "The log has ended, and you have all of it: do not ask again."},
    }


@router.get(
    "/sessions/{session_id}/events",
    operation_id="follow_session_events",
    tags=["sessions"],
    status_code=200,
    responses=_responses(SessionEvents),
)
async def follow_session_events(
    session_id: str, listened: Listened, application: Served, everybody: Everybody
) -> Response:
    """Follow what happens in a session, as server-sent events.

    Ids count up by one. Whoever asks again with `Last-Event-ID` gets what came after it, and nothing twice. A comment
    is sent after 15 seconds of silence. The stream ends when the session has ended; asking again then answers 204.
    A client that takes nothing for 30 seconds is let go. With `format=json` the log is answered in pages.
    """
    return await listened.answer(SessionLog(everybody, application, session_id))


@router.get(
    "/backtest/batch/{batch_id}/events",
    operation_id="follow_batch_events",
    tags=["batches"],
    status_code=200,
    responses=_responses(BatchEvents),
)
async def follow_batch_events(batch_id: str, listened: Listened, application: Served, everybody: Everybody) -> Response:
    """Follow a batch cell by cell, as server-sent events; as with the events of a session."""
    return await listened.answer(BatchLog(everybody, application, batch_id))
