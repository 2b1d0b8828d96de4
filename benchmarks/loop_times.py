"""Times whole sessions of the built-in strategist on 13 years of daily AAPL: ``python -m benchmarks.loop_times``."""

import os
import platform
import tempfile
from pathlib import Path

from backend.bootstrap import Application
from backend.domain.sessions import Session, SessionRequest
from backend.settings import Settings

REQUEST = "momentum on AAPL with reddit sentiment, drawdown under 35 %"
ITERATIONS = 8
LOOP_SECONDS = 10.0


def main() -> None:
    """Run the same session twice from an empty store, each time with nothing in memory, and print one table."""
    with tempfile.TemporaryDirectory() as folder:
        sessions = [_session(Path(folder)) for _ in range(2)]
    print(f"Session of {ITERATIONS} iterations, 13 years of daily AAPL with sample reddit posts")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; seconds of wall time\n")
    print("| session | prefetch | loop | total | trials | source calls | data reads in the loop | posts scored |")
    print("|---|---|---|---|---|---|---|---|")
    for name, session in zip(("first", "second"), sessions, strict=True):
        usage, timings = session.usage, session.timings
        seconds = f"{timings.prefetch_s:.2f} | {timings.loop_s:.2f} | {timings.total_s:.2f}"
        counts = f"{session.trials:,} | {usage.source_calls} | {usage.data_reads} | {usage.posts_scored:,}"
        print(f"| {name} | {seconds} | {counts} |")
    slowest = max(session.timings.loop_s for session in sessions)
    print(
        f"\nloop: {slowest:.2f} s, wanted at most {LOOP_SECONDS:g} s: {'held' if slowest <= LOOP_SECONDS else 'missed'}"
    )


def _session(folder: Path) -> Session:
    app = Application(Settings(data_dir=folder, prices=("sample",), posts=("sample",)))
    request = SessionRequest(text=REQUEST, iterations=ITERATIONS)
    return app.runner.run(app.sessions.open(app.owner, request, app.strategist.name))


if __name__ == "__main__":
    main()
