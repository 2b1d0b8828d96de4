"""Where a server finds the application: made from the settings of this machine."""

from fastapi import FastAPI

from backend.api.app import create_app
from backend.observability import configure_logging
from backend.settings import load_settings


def served() -> FastAPI:
    """The application with the effective settings. Raises InvalidInput where one is unknown or not valid."""
    settings = load_settings()
    configure_logging(settings.log_level, settings.secrets)
    return create_app(settings)
