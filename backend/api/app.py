"""The HTTP application: its routes, its errors, and what starts and ends with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event

from fastapi import Depends, FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp

from backend import __version__
from backend.api.auth.requirements import refuse_incomplete
from backend.api.errors import install_error_handlers
from backend.api.gates import Gates
from backend.api.kept_answers import KeptAnswers
from backend.api.monitoring import unwatch, watch
from backend.api.parameters import refuse_unknown_parameters
from backend.api.paths import PREFIX
from backend.api.routes import (
    backtests,
    batches,
    bots,
    data,
    datasets,
    events,
    health,
    jobs,
    language,
    reference,
    sessions,
    strategies,
    tokens,
)
from backend.api.security import Guard, guarded
from backend.api.uploads.files import Uploads
from backend.bootstrap.accounts import Accounts
from backend.settings import Settings

ROUTERS = (
    sessions.router,
    strategies.router,
    language.router,
    events.router,
    batches.router,  # before the backtests, for no run is called "batch"
    backtests.router,
    bots.router,
    data.router,
    datasets.router,
    jobs.router,
    health.router,
    tokens.router,
)
"""One for each noun, in the order of the reference; to add one, write its module and register it here."""


def create_app(settings: Settings) -> FastAPI:
    """The application for these settings; nothing is opened before the first request or the start of the server."""
    refuse_incomplete(settings)
    app = _Guarded(
        title="Backproof",
        version=__version__,
        openapi_url=None,  # described by a route of our own
        lifespan=_lifespan,
    )
    app.state.accounts = Accounts(settings)
    app.state.gates = Gates()
    app.state.kept_answers = KeptAnswers()
    app.state.stopping = Event()
    install_error_handlers(app)
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX, dependencies=[Depends(refuse_unknown_parameters)])
    app.include_router(reference.router)
    app.include_router(health.router, include_in_schema=False)  # where those who watch servers look for it
    app.add_middleware(guarded, accounts=app.state.accounts, prefix=PREFIX)
    watch(app)
    return app


class _Guarded(FastAPI):
    """Behind a gate that also guards answers to its own faults."""

    def build_middleware_stack(self) -> ASGIApp:
        """Everything that a request passes on its way."""
        return Guard(super().build_middleware_stack(), self.state.accounts.settings)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    accounts: Accounts = app.state.accounts
    workers = app.state.workers = accounts.workers
    await run_in_threadpool(Uploads(accounts.settings.data_dir, accounts.shared.locks).clean)
    await run_in_threadpool(workers.start)
    try:
        yield
    finally:
        await run_in_threadpool(workers.stop)
        unwatch(app)
