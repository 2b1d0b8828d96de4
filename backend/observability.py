"""Structured log lines on standard error, with secrets masked: by the name of a field, by shape, and by value."""

import logging
import os
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog

SECRET_NAMES = re.compile(r"(key|secret|token|password|authorization|dsn)", re.IGNORECASE)
MASK = "***"
SHORTEST_SECRET = 8
"""Shorter values, such as the ``none`` that a local server is given as a key, are words that other text needs."""

_SHAPES = (
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"),  # user and password of an address
    re.compile(r"(?i)(?P<kept>\b(?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?)(?:(?:bearer|basic)\s+)?[^\s\"',}]+"),
    re.compile(r"(?i)(?P<kept>[\w-]*(?:api[-_]?key|apikey|access[-_]?token)[\"']?\s*[:=]\s*[\"']?)[^\s\"',&}]+"),
    re.compile(r"(?i)(?P<kept>\bpassword[\"']?\s*[:=]\s*[\"']?)[^\s\"',}]+"),
    re.compile(r"(?i)\bbearer\s+[^\s\"',}]+"),
    re.compile(r"\b(?:sk|xai|pplx|nvapi)-[A-Za-z0-9_*-]{6,}"),  # keys of makers of models
    re.compile(r"\b(?:gsk|hf|ghp|lsv2|sb_secret)_[A-Za-z0-9_-]{6,}"),
    re.compile(r"\bbp_[0-9a-f]{12}_[A-Za-z0-9_-]+"),  # tokens of scripts
    re.compile(r"\bAIza[\w-]{10,}"),
    re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+"),  # signed tokens
)

_known: tuple[str, ...] = ()


def keep_secret(values: Iterable[str]) -> None:
    """From now on ``mask`` replaces these very values too, whatever they look like."""
    global _known  # noqa: PLW0603 - one process has one configuration, and errors are told wherever they arise
    _known = tuple(sorted({value for value in values if len(value) >= SHORTEST_SECRET}, key=len, reverse=True))


def mask(text: str) -> str:
    """Replace passwords, keys, tokens and the values of configured secrets by ``***``."""
    for value in _known:
        text = text.replace(value, MASK)
    for shape in _SHAPES:
        text = shape.sub(_without_secret, text)
    return text


def mask_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """A structlog processor: mask by name of the field, then by shape and value, at any depth."""
    return {name: _masked(name, value) for name, value in event.items()}


def configure_logging(level: str, secrets: Iterable[str] = ()) -> None:
    """Send log lines from ``level`` on to standard error as JSON; lines of libraries are masked as well."""
    keep_secret(secrets)
    logging.setLogRecordFactory(_masked_record)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask_secrets,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(
            sys.stderr
        ),  # whatever standard error is when a line is written
    )


def trace_only_when_asked(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let LangSmith see sessions only when ``LANGSMITH_TRACING`` says so; call it before LangChain is imported.

    Its older names, which programs of other people leave in an environment, would send goals and strategies away.
    """
    wanted = environment.get("LANGSMITH_TRACING", "").lower() == "true"
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"):
        environment[name] = "true" if wanted else "false"
    for name in ("LANGCHAIN_TRACING", "LANGCHAIN_HANDLER"):  # LangChain ends with an error where they say anything
        environment.pop(name, None)


def _without_secret(found: re.Match[str]) -> str:
    return found.groupdict().get("kept", "") + MASK


def _masked(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _masked(str(key), part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(name, part) for part in value]
    if isinstance(value, int | float) or value is None:
        return value  # such as a number of tokens
    return MASK if SECRET_NAMES.search(name) else mask(str(value))


def _masked_record(*facts: Any, **more: Any) -> logging.LogRecord:
    record = logging.LogRecord(*facts, **more)
    try:
        record.msg, record.args = mask(record.getMessage()), None
    except (TypeError, ValueError):  # a line whose values do not fit is told by logging itself
        return record
    if record.exc_info and record.exc_info[0]:
        record.exc_text = mask(logging.Formatter().formatException(record.exc_info))
    return record
