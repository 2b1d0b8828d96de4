"""What a server has done and is doing, counted for Prometheus without naming anybody or anything of theirs."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from backend.domain.batches import BatchEvent
from backend.domain.errors import BackproofError
from backend.domain.sessions import Event

MEDIA_TYPE = CONTENT_TYPE_LATEST

KEPT = 1.0
"""Seconds for which the text holds, so that asking often puts no load on the store."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""Stands for every method and path that there is no route for."""

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(frozen=True)
class Sources:
    """Where figures are read when they are asked for.

    Attributes:
        streams: open event streams, and logs that they follow.
        jobs: jobs in the store by their status.
        work: what the data services of this process have done, by name; it only grows.
    """

    streams: Callable[[], tuple[int, int]]
    jobs: Callable[[], Mapping[str, int]]
    work: Callable[[], Mapping[str, int]]


class Metrics:
    """Counters of one application, in a registry of its own.

    Args:
        sources: where figures are read that are kept elsewhere.
        clock: seconds of a clock that never goes back.
    """

    def __init__(self, sources: Sources, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._text = b""
        self._written_at: float | None = None
        self._registry = registry = CollectorRegistry()
        self._requests = Histogram(
            "backproof_request_seconds",
            "Requests by route; those of event streams until their first byte.",
            ("route", "method", "status"),
            registry=registry,
            buckets=BUCKETS,
        )
        self._sessions = Counter("backproof_sessions_ended", "Turns of sessions.", ("outcome",), registry=registry)
        self._cells = Counter("backproof_batch_cells", "Cells of batches that ended.", ("status",), registry=registry)
        self._attempts = Counter("backproof_attempts", "Attempts that sessions made.", registry=registry)
        self._gauges(sources)
        registry.register(_Stored(sources))
        ProcessCollector(registry=registry)

    def answered(self, route: str | None, method: str, status: int, seconds: float) -> None:
        """Count a request; ``route`` is its template, None where it has none."""
        known = method if method in METHODS else OTHER
        self._requests.labels(route or OTHER, known, str(status)).observe(seconds)

    def hear(self, event: Event | BatchEvent) -> None:
        """Count what an event tells of that this process has stored."""
        if event.type == "session.ended":
            self._sessions.labels(str(event.data.get("status", "unknown"))).inc()
        elif event.type == "attempt.backtested":
            self._attempts.inc()
        elif event.type == "cells.done":
            for cell in event.data.get("cells", ()):
                self._cells.labels(str(cell.get("status", "unknown"))).inc()

    def text(self) -> bytes:
        """All of them, in the format of Prometheus."""
        with self._lock:
            now = self._clock()
            if self._written_at is None or now - self._written_at >= KEPT:
                self._text, self._written_at = generate_latest(self._registry), now
            return self._text

    def _gauges(self, sources: Sources) -> None:
        listeners = Gauge("backproof_open_streams", "Event streams that are open.", registry=self._registry)
        listeners.set_function(lambda: sources.streams()[0])
        tails = Gauge("backproof_followed_logs", "Logs that open streams follow.", registry=self._registry)
        tails.set_function(lambda: sources.streams()[1])


class _Stored(Collector):
    """Figures that are read when they are asked for; those of a store that is away are left out."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def describe(self) -> Iterable[Metric]:
        return ()  # nothing is read before somebody asks

    def collect(self) -> Iterable[Metric]:
        work = CounterMetricFamily("backproof_work", "What the data services did.", labels=("kind",))
        for kind, count in self._sources.work().items():
            work.add_metric((kind,), count)
        yield work
        try:
            counts = self._sources.jobs()
        except BackproofError:
            return
        jobs = GaugeMetricFamily("backproof_jobs", "Jobs in the store.", labels=("status",))
        for status, count in counts.items():
            jobs.add_metric((status,), count)
        yield jobs
