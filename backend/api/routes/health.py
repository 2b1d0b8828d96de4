"""Whether the server lives, whether it can work, and what it has done: for whoever runs it."""

from fastapi import APIRouter, Request, Response

from backend import __version__
from backend.api.answers import Answer
from backend.api.documents.health import Health
from backend.api.monitoring.metrics import MEDIA_TYPE, Metrics
from backend.api.monitoring.readiness import Readiness
from backend.domain.errors import Unavailable

router = APIRouter(tags=["server"])


@router.get("/healthz", operation_id="health", response_model=Health)
async def health() -> Response:
    """Whether the process is alive; nothing is asked of any other part."""
    return _well()


@router.get("/readyz", operation_id="readiness", response_model=Health)
def readiness(request: Request) -> Response:
    """Whether the store answers at the present schema, and jobs are done; 503 names the part that is lacking.

    An answer holds for a second, so asking often puts no load on the store.
    """
    parts: Readiness = request.app.state.readiness
    if lacking := parts.lacking():
        raise Unavailable(f"Not ready: {' and '.join(lacking)} cannot be used now.", "see the log of the server")
    return _well()


@router.get(
    "/metrics",
    operation_id="metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(request: Request) -> Response:
    """What this process has done and is doing, in the text format of Prometheus; it names no user and no symbol."""
    measured: Metrics = request.app.state.metrics
    return Response(measured.text(), media_type=MEDIA_TYPE)


def _well() -> Response:
    return Answer({"status": "ok", "version": __version__})
