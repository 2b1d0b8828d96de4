"""Times whole sessions of the built-in search on 13 years of daily AAPL: ``python -m benchmarks.loop_times``."""

import os
import platform
import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from backend.agents.spans import NODE, SESSION
from backend.bootstrap import Application
from backend.domain.sessions import Session, SessionRequest
from backend.settings import Settings

REQUEST = "momentum on AAPL with reddit sentiment, drawdown under 35 %"
ITERATIONS = 8
LOOP_SECONDS = 4.0
OVERHEAD_MS = 15.0
SESSIONS_AT_ONCE = 10
LONGER_AT_ONCE = 1.3
SESSION_MB = 30.0


@dataclass(frozen=True)
class Figure:
    """One measured figure beside what is wanted of it."""

    name: str
    measured: float
    wanted: float
    unit: str

    def __str__(self) -> str:
        held = "held" if self.measured <= self.wanted else "missed"
        return f"| {self.name} | {self.measured:.3g} {self.unit} | {self.wanted:g} {self.unit} | {held} |"


def main() -> None:
    """Run the same session twice from an empty store, each time with nothing in memory, then ten at once."""
    with tempfile.TemporaryDirectory() as folder, _spans() as spans:
        sessions = [_session(_application(Path(folder)), seed=0) for _ in range(2)]
        spans.clear()
        app = _application(Path(folder))
        _session(app, seed=0)  # its data is in memory now
        spans.clear()
        _session(app, seed=0)
        overhead = _overhead_ms(spans)
        alone, at_once, megabytes = _at_once(app)
    _print_sessions(sessions)
    loop = max(session.timings.loop_s for session in sessions)
    figures = (
        Figure(f"loop of {ITERATIONS} iterations, the slower of the two", loop, LOOP_SECONDS, "s"),
        Figure("graph and checkpoints beside the nodes, an iteration", overhead, OVERHEAD_MS, "ms"),
        Figure(f"{SESSIONS_AT_ONCE} sessions at once, over one after another", at_once / alone, LONGER_AT_ONCE, "x"),
        Figure(f"memory, each of {SESSIONS_AT_ONCE} sessions at once", megabytes, SESSION_MB, "MB"),
    )
    print("\n| figure | measured | wanted at most | |")
    print("|---|--:|--:|---|")
    for figure in figures:
        print(figure)


def _print_sessions(sessions: list[Session]) -> None:
    print(f"Session of {ITERATIONS} iterations, 13 years of daily AAPL with sample reddit posts")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; seconds of wall time\n")
    print("| session | prefetch | loop | total | trials | source calls | data reads in the loop | posts scored |")
    print("|---|---|---|---|---|---|---|---|")
    for name, session in zip(("first", "second"), sessions, strict=True):
        usage, timings = session.usage, session.timings
        seconds = f"{timings.prefetch_s:.2f} | {timings.loop_s:.2f} | {timings.total_s:.2f}"
        counts = f"{session.trials:,} | {usage.source_calls} | {usage.data_reads} | {usage.posts_scored:,}"
        print(f"| {name} | {seconds} | {counts} |")


def _application(folder: Path) -> Application:
    return Application(Settings(data_dir=folder, prices=("sample",), posts=("sample",)))


def _session(app: Application, seed: int) -> Session:
    return app.runner.run(app.open_session(SessionRequest(text=REQUEST, iterations=ITERATIONS, seed=seed)))


@contextmanager
def _spans() -> Iterator[InMemorySpanExporter]:
    """Every span of this process, as it ends."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    yield exporter
    provider.shutdown()


def _overhead_ms(spans: InMemorySpanExporter) -> float:
    """What a session takes outside its nodes, divided by its iterations."""
    finished = spans.get_finished_spans()
    whole = sum(_seconds(span) for span in finished if span.name == SESSION)
    nodes = sum(_seconds(span) for span in finished if span.name.startswith(NODE))
    return (whole - nodes) / ITERATIONS * 1000


def _seconds(span: ReadableSpan) -> float:
    return ((span.end_time or 0) - (span.start_time or 0)) / 1e9


def _at_once(app: Application) -> tuple[float, float, float]:
    """Seconds of some sessions one after another, and of others like them at once; megabytes that one of these adds."""
    started = time.perf_counter()
    for seed in range(SESSIONS_AT_ONCE):
        _session(app, seed)
    alone = time.perf_counter() - started
    before, started = _peak_megabytes(), time.perf_counter()
    with ThreadPoolExecutor(SESSIONS_AT_ONCE) as pool:
        list(pool.map(lambda seed: _session(app, seed), range(SESSIONS_AT_ONCE)))
    return alone, time.perf_counter() - started, (_peak_megabytes() - before) / SESSIONS_AT_ONCE


def _peak_megabytes() -> float:
    """The most memory that this process has held so far; Linux counts in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
