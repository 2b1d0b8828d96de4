"""Programs that prefetch in processes of their own: ``python -m tests.services.datasets.programs NAME FOLDER ...``.

Each says ``ready`` when it could begin and waits for a line.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from backend.stores import open_database
from tests.programs import begin, say, wait
from tests.services.datasets.desk import Desk, stores_over


def prefetch(folder: str, session: str) -> None:
    """Prefetch for a session, and tell which versions it got."""
    desk = Desk(stores_over(open_database(f"sqlite:///{folder}/backproof.sqlite")), Path(folder))
    begin()
    say(" ".join(sorted(d.id for d in desk.prefetch(session=session).datasets)))


def flush(folder: str, _session: str) -> None:
    """Store what waits."""
    desk = Desk(stores_over(open_database(f"sqlite:///{folder}/backproof.sqlite")), Path(folder))
    begin()
    desk.manager.associate_with_bot("me", "ses_1")
    say(str(desk.counters.dataset_writes))


def prefetch_while_locked(folder: str, session: str) -> None:
    """Prefetch with a database that cannot be written, and stand still."""
    desk = Desk(stores_over(open_database(f"sqlite:///{folder}/backproof.sqlite", 0.05)), Path(folder))
    begin()
    say("; ".join(desk.prefetch(session=session).notices))
    wait()


PROGRAMS: dict[str, Callable[[str, str], None]] = {
    program.__name__: program for program in (prefetch, flush, prefetch_while_locked)
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
