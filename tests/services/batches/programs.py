"""A process that dies while it runs a batch: ``python -m tests.services.batches.programs FOLDER CHUNKS``."""

import os
import signal
import sys
from pathlib import Path

from backend.domain.batches import BatchEvent
from backend.services.batches.alone import Alone
from tests.programs import say
from tests.services.batches.matrices import CROSS, application, matrix


def dying_batch() -> None:
    """Open a batch, say its id, and die by ``kill -9`` right after so many chunks were stored."""
    folder, chunks = Path(sys.argv[1]), int(sys.argv[2])
    app = application(folder)
    batch = app.batches.open(app.owner, matrix("AAPL MSFT IBM", *[CROSS.with_values({"n": n}) for n in range(5, 25)]))
    say(batch.batch_id)
    stored = 0

    def die(event: BatchEvent) -> None:
        nonlocal stored
        stored += event.type == "cells.done"
        if stored == chunks:
            os.kill(os.getpid(), signal.SIGKILL)

    app.batches.listen(die)
    app.batches.run(app.owner, batch.batch_id, Alone())


if __name__ == "__main__":
    dying_batch()
