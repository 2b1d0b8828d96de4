"""Savers for the graph's checkpoints."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite import SqliteSaver

from backend.domain.errors import Unavailable

if TYPE_CHECKING:
    from langgraph.checkpoint.postgres import PostgresSaver
    from psycopg import Connection
    from psycopg.rows import DictRow

BUSY_SECONDS = 30.0

SCHEMA = "backproof_checkpoints"
"""Where LangGraph keeps its own tables in a PostgreSQL database, out of the schema that Supabase shows to users."""

SETTING_UP = 7_203_114
"""Key of the advisory lock under which the first process makes these tables."""

PAUSE = 0.05
"""Seconds between two attempts to take that lock."""


@contextmanager
def sqlite_checkpoints(path: str) -> Iterator[BaseCheckpointSaver[str]]:
    """Checkpoints in a SQLite file of their own; they survive a kill of the process at any moment.

    Raises:
        Unavailable: the file is locked, damaged, or the disk is full.
    """
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)) as connection:
            # No wait for the disk: a killed process loses nothing, and after a power failure the store is ahead of the
            # checkpoints, which is the same as a node that runs again.
            connection.execute("PRAGMA synchronous = NORMAL")
            yield SqliteSaver(connection)
    except sqlite3.Error as error:
        raise Unavailable(
            f"The checkpoints in {path} cannot be used: {error}.",
            "free disk space, or move the file aside; attempts and results are kept in the store",
        ) from error


@contextmanager
def postgres_checkpoints(dsn: str) -> Iterator[BaseCheckpointSaver[str]]:
    """Checkpoints in a schema of their own in the store's database, so that any machine can resume a session.

    Raises:
        Unavailable: the database does not answer, or refuses the schema.
    """
    import psycopg
    from langgraph.checkpoint.postgres import PostgresSaver
    from psycopg.rows import dict_row

    options = f"-c search_path={SCHEMA}"
    try:
        with psycopg.connect(
            dsn, autocommit=True, prepare_threshold=0, row_factory=dict_row, options=options
        ) as connection:
            saver = PostgresSaver(connection)
            _make_tables(connection, saver)
            yield saver
    except psycopg.Error as error:
        reason = str(error).partition("\n")[0]
        raise Unavailable(
            f"The checkpoints in the PostgreSQL database cannot be used: {reason}.",
            "start the database again and resume the session; attempts and results are kept in the store",
        ) from error


def _make_tables(connection: "Connection[DictRow]", saver: "PostgresSaver") -> None:
    # An index is made concurrently, which waits for every statement that runs: one that waited for the lock included.
    while not _locked(connection):
        time.sleep(PAUSE)
    try:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        saver.setup()
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", [SETTING_UP])


def _locked(connection: "Connection[DictRow]") -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", [SETTING_UP]).fetchone()
    return row is not None and bool(row["mine"])
