"""The HTTP application: its routes, its errors, and what starts and ends with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from backend import __version__
from backend.api.errors import install_error_handlers
from backend.api.routes import language
from backend.bootstrap.accounts import Accounts
from backend.settings import Settings

PREFIX = "/api/v1"

ROUTERS = (language.router,)
"""One for each noun, in the order of the reference; to add one, write its module and register it here."""


def create_app(settings: Settings) -> FastAPI:
    """The application for these settings; nothing is opened before the first request or the start of the server."""
    app = FastAPI(
        title="Backproof",
        version=__version__,
        openapi_url=f"{PREFIX}/openapi.json",
        lifespan=_lifespan,
    )
    app.state.accounts = Accounts(settings)
    install_error_handlers(app)
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    return app


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield
