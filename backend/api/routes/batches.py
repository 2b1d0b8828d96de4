"""Batches: opened, shown, stopped, and run again in part."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request

from backend.api.answers import Answer
from backend.api.deps import Everybody, Served
from backend.api.documents.batches import BatchBody, BatchCancelAnswer, BatchDocument, BatchPage, RerunBody
from backend.api.paging import Paged
from backend.api.paths import path_of
from backend.api.queued_batches import QueuedBatches
from backend.api.reference.problem_statuses import problems
from backend.domain.batches import Batch
from backend.services.batches.documents import batch_line

router = APIRouter(tags=["batches"])

_WAIT = re.compile(r"(?:^|[,;\s])wait=(\d{1,6})(?=$|[,;\s])")
"""As RFC 7240 writes it among other preferences."""


async def queued_batches(application: Served, everybody: Everybody) -> QueuedBatches:
    """The batches of the account that asks."""
    return QueuedBatches(application, everybody)


Batches = Annotated[QueuedBatches, Depends(queued_batches)]

Prefer = Annotated[
    str | None,
    Header(
        max_length=200, description="`wait=30` holds the answer back for up to 30 seconds until the batch has ended."
    ),
]


@router.post(
    "/backtest/batch",
    operation_id="open_batch",
    status_code=202,
    response_model=BatchDocument,
    responses={200: {"model": BatchDocument, "description": "The batch has ended within the time to wait."}},
    openapi_extra=problems(404),
)
def open_batch(body: BatchBody, request: Request, batches: Batches, prefer: Prefer = None) -> Answer:
    """Run many strategies on many symbols, each pair by itself.

    It runs as a job. Follow its events, or ask for the batch until its status is no longer `running`. A cell that
    fails says why, and the others go on.
    """
    return _queued(batches.open(body.stated()), request, batches, prefer)


@router.get("/backtest/batch", operation_id="list_batches", response_model=BatchPage)
def list_batches(page: Paged, batches: Batches) -> Answer:
    """List batches, newest first."""
    rows = batches.list(page.wanted, page.after)
    return Answer(page.document("batches", rows, batch_line, lambda batch: batch.batch_id))


@router.get("/backtest/batch/{batch_id}", operation_id="show_batch", response_model=BatchDocument)
def show_batch(batch_id: str, batches: Batches) -> Answer:
    """Show a batch with a summary of every cell, and which of them stand out although all were looked at."""
    return Answer(batches.document(batch_id))


@router.post(
    "/backtest/batch/{batch_id}/cancel",
    operation_id="cancel_batch",
    status_code=202,
    response_model=BatchCancelAnswer,
)
def cancel_batch(batch_id: str, batches: Batches) -> Answer:
    """Ask a running batch to stop; cells that are done stay, and the others can be run later."""
    batch = batches.cancel(batch_id)
    return Answer({"batch_id": batch_id, "status": batch.status, "cancel_requested": True}, 202)


@router.post(
    "/backtest/batch/{batch_id}/rerun",
    operation_id="rerun_batch",
    status_code=202,
    response_model=BatchDocument,
    responses={200: {"model": BatchDocument, "description": "The batch has ended within the time to wait."}},
)
def rerun_batch(
    batch_id: str, request: Request, batches: Batches, body: RerunBody | None = None, prefer: Prefer = None
) -> Answer:
    """Run cells, rows or columns of a batch again, with other parameter values if stated.

    What they showed before stays stored, and each set of values counts as another test.
    """
    chosen = body or RerunBody()
    batch = batches.rerun(batch_id, chosen.symbols, chosen.strategies, chosen.parameters)
    return _queued(batch, request, batches, prefer)


def _queued(batch: Batch, request: Request, batches: QueuedBatches, prefer: str | None) -> Answer:
    asked = _WAIT.search(prefer or "")
    ended = asked is not None and batches.wait(batch.batch_id, float(asked[1]), request.app.state.stopping)
    document = batches.document(batch.batch_id)
    answer = Answer(document, 200 if ended else 202, location=path_of("backtest", "batch", batch.batch_id))
    if asked is not None:
        answer.headers["Preference-Applied"] = f"wait={asked[1]}"
    return answer
