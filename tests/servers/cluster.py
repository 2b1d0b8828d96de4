"""The PostgreSQL cluster that all workers of one test run share: the first starts it, it ends with the last.

Every worker holds a named pipe open; the server's keeper reads it and stops the server once nobody holds it any more,
however the run ended.
"""

import os
from itertools import count
from pathlib import Path

import psycopg

from tests.servers.keeper import locked
from tests.servers.postgres import PostgresServer, create_database, drop_database, server_dsn
from tests.tree import ROOT

MIGRATIONS = ROOT / "supabase" / "migrations"
EMPTY, MIGRATED = "template1", "migrated_template"

ROLES = """
    create role anon nologin noinherit;
    create role authenticated nologin noinherit;
    create role service_role nologin noinherit bypassrls;
"""
"""The roles that every hosted Supabase has; they belong to the cluster, not to one database."""
AS_HOSTED = """
    grant usage on schema public to anon, authenticated, service_role;
    alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
    alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
    alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
"""
"""What a hosted project grants on whatever is created later: the schema has to revoke what it does not want."""

_left_running: list[PostgresServer] = []
"""Servers that this process started and others may still use: their processes are not this one's to wait for."""


def apply_migrations(dsn: str) -> None:
    """Apply every step of the schema in order, each in a transaction."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for step in sorted(MIGRATIONS.glob("*.sql")):
            connection.execute(step.read_bytes())


class SharedCluster:
    """One worker's hold on the cluster of the run, and the databases it makes there."""

    def __init__(self, folder: Path, worker: str) -> None:
        """Join the cluster of the run that owns the folder; start it when nobody has."""
        self._worker, self._numbers = worker, count(1)
        self._pipe, self._lock = folder / "postgres.pipe", folder / "postgres.lock"
        self._port_file, self._template_file = folder / "postgres.port", folder / "postgres.migrated"
        with locked(self._lock):
            self._held, self.port = self._hold() or self._start()

    def dsn(self, database: str) -> str:
        """The address of one database of the cluster."""
        return server_dsn(self.port, database)

    def create_database(self, template: str) -> str:
        """Create a database with a name of its own and return its address."""
        if template == MIGRATED:
            self._make_template()
        name = f"{self._worker}_{next(self._numbers)}"
        create_database(self.port, name, template)
        return self.dsn(name)

    def drop_database(self, dsn: str) -> None:
        """Drop a database, and whoever is connected to it."""
        drop_database(self.port, dsn.rpartition("/")[2])

    def leave(self) -> None:
        """Let go; the cluster ends when this was the last worker."""
        os.close(self._held)

    def _make_template(self) -> None:
        """Make the database with the whole schema, once for all workers."""
        with locked(self._lock):
            made = self._template_file.exists() and self._template_file.read_text()
            if made == str(self.port):
                return
            drop_database(self.port, MIGRATED)
            create_database(self.port, MIGRATED, EMPTY)
            with psycopg.connect(self.dsn(MIGRATED), autocommit=True) as connection:
                connection.execute(AS_HOSTED)
            apply_migrations(self.dsn(MIGRATED))
            self._template_file.write_text(str(self.port))

    def _hold(self) -> tuple[int, int] | None:
        """Hold the pipe of a cluster that runs; None where none runs."""
        try:
            held = os.open(self._pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return None  # no pipe, or nobody reads it
        return held, int(self._port_file.read_text())

    def _start(self) -> tuple[int, int]:
        self._pipe.unlink(missing_ok=True)
        os.mkfifo(self._pipe)
        read = os.open(self._pipe, os.O_RDONLY | os.O_NONBLOCK)  # opens without waiting for the other side
        os.set_blocking(read, True)
        held = os.open(self._pipe, os.O_WRONLY)
        server = PostgresServer(durable=False)
        try:
            server.start(held_by=read, lock=self._lock)
        finally:
            os.close(read)
        _left_running.append(server)
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute(ROLES)
        self._port_file.write_text(str(server.port))
        return held, server.port
