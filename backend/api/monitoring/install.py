"""Puts into an application what watches it and lets others watch: event streams, metrics, readiness."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from threading import Event

from fastapi import FastAPI

from backend.api.monitoring.metrics import Metrics, Sources
from backend.api.monitoring.readiness import Readiness
from backend.api.monitoring.requests import Measured
from backend.api.streams import Pace, Streams
from backend.bootstrap import utc_now
from backend.bootstrap.accounts import Accounts
from backend.bootstrap.checking import check_store
from backend.domain.errors import Unavailable
from backend.services.counters import DataCounters


def watch(app: FastAPI) -> None:
    """Follow every event of this process, and measure every request; call it after all other middleware was added.

    Args:
        app: whose ``state`` has ``accounts``, and gets ``streams``, ``metrics`` and ``readiness``.
    """
    accounts: Accounts = app.state.accounts
    streams = Streams(Pace(), utc_now, partial(_stopping, app))
    metrics = Metrics(
        Sources(lambda: (streams.listeners, streams.tails), partial(_jobs, accounts), partial(_work, accounts))
    )
    accounts.shared.listeners.extend((streams.hear, metrics.hear))
    app.state.streams, app.state.metrics = streams, metrics
    app.state.readiness = Readiness(
        {"the store": partial(_check_store, accounts), "workers": partial(_check_workers, app)}
    )
    app.add_middleware(Measured, metrics=metrics)


def unwatch(app: FastAPI) -> None:
    """Let go of the threads behind it."""
    app.state.streams.close()
    app.state.readiness.close()


def _stopping(app: FastAPI) -> bool:
    """Whether the server is about to end; one that nobody can tell so just ends."""
    told: Event | None = getattr(app.state, "stopping", None)
    return told is not None and told.is_set()


def _jobs(accounts: Accounts) -> Mapping[str, int]:
    return {str(status): count for status, count in accounts.jobs.count().items()}


def _work(accounts: Accounts) -> dict[str, int]:
    done = Counter(asdict(DataCounters()))
    for counters in tuple(accounts.shared.counters.values()):
        done.update(asdict(counters))
    return done


def _check_store(accounts: Accounts) -> None:
    check_store(accounts.service)


def _check_workers(app: FastAPI) -> None:
    workers = getattr(app.state, "workers", None)
    if workers is not None and (lacking := workers.ready()):
        raise Unavailable(lacking)
