"""Savers for the graph's checkpoints."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite import SqliteSaver

from backend.domain.errors import Unavailable

BUSY_SECONDS = 30.0


@contextmanager
def sqlite_checkpoints(path: str) -> Iterator[BaseCheckpointSaver[str]]:
    """Checkpoints in a SQLite file of their own; they survive a kill at any moment.

    Raises:
        Unavailable: the file is locked, damaged, or the disk is full.
    """
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)) as connection:
            yield SqliteSaver(connection)
    except sqlite3.Error as error:
        raise Unavailable(
            f"The checkpoints in {path} cannot be used: {error}.",
            "free disk space, or move the file aside; attempts and results are kept in the store",
        ) from error
