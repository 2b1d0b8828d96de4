"""Structured log lines on standard error, with secrets masked."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_NAMES = re.compile(r"(key|secret|token|password|authorization|dsn)", re.IGNORECASE)
SECRET_VALUES = re.compile(
    r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)|\bBearer\s+\S+|\bsk-[A-Za-z0-9_-]{8,}|\beyJ[\w-]+\.[\w-]+\.[\w-]+"
)
MASK = "***"


def mask(text: str) -> str:
    """Replace passwords in URLs, bearer tokens, API keys and JWTs by ``***``."""
    return SECRET_VALUES.sub(MASK, text)


def mask_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """A structlog processor: mask by name of the field, then by shape of the value."""
    return {
        name: MASK if SECRET_NAMES.search(name) else mask(value) if isinstance(value, str) else value
        for name, value in event.items()
    }


def configure_logging(level: str) -> None:
    """Send log lines from ``level`` on to standard error as JSON."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            mask_secrets,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(
            sys.stderr
        ),  # whatever standard error is when a line is written
    )
