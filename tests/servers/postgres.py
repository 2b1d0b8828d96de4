"""A real PostgreSQL for tests: a cluster of its own in a temporary folder, on a free port of 127.0.0.1."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers import keeper
from tests.servers.programs import POSTGRES_ACCOUNT, postgres_binaries
from tests.servers.waiting import LOOPBACK, PATIENCE, ServerFailed, free_port, wait_until

USER = "postgres"
"""The first user of every cluster; it may do everything."""

ATTEMPTS = 5
"""A free port may be taken by somebody else before the server has it."""

FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Options that make a cluster fast and let a kill lose what was committed."""


def server_dsn(port: int, database: str = USER) -> str:
    """The address of one database of the cluster that listens on a port."""
    return f"postgresql://{USER}@{LOOPBACK}:{port}/{database}"


def create_database(port: int, name: str, template: str) -> None:
    """Create a database from a template that nobody is connected to; copying files is far faster than logging them."""
    statement = sql.SQL("create database {} template {} strategy file_copy").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    with psycopg.connect(server_dsn(port), autocommit=True) as connection:
        connection.execute(statement)


def drop_database(port: int, name: str) -> None:
    """Drop a database, and whoever is connected to it."""
    with psycopg.connect(server_dsn(port), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


class PostgresServer:
    """One cluster; made on the first start, kept over stop, kill and restart, removed by ``remove``."""

    def __init__(self, *, durable: bool) -> None:
        """Prepare a cluster; ``durable`` says whether what was committed outlives a kill, as it does in production."""
        self.durable = durable
        self.port = 0
        self._binaries = postgres_binaries()
        self._account = POSTGRES_ACCOUNT if os.getuid() == 0 else keeper.NONE
        self.folder = Path(tempfile.mkdtemp(prefix="backproof-postgres-"))
        self._keeper: subprocess.Popen[bytes] | None = None
        self._left_over = ""
        if self._account != keeper.NONE:
            shutil.chown(self.folder, self._account, self._account)

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        return int(self._pid_file.read_text().split("\n")[0])

    @property
    def is_running(self) -> bool:
        """Whether the server runs and takes connections."""
        return self._keeper is not None and self._keeper.poll() is None and self._says_ready

    def dsn(self, database: str = USER) -> str:
        """The address of one database of the cluster."""
        return server_dsn(self.port, database)

    def start(self, *, held_by: int | None = None, lock: Path | None = None) -> None:
        """Start the server and wait until it takes connections; nothing happens when it runs.

        Args:
            held_by: A descriptor that reads from a pipe; the server ends when nobody has the pipe open for writing. By
                default it ends with this process.
            lock: The file that is locked while others take hold of the pipe.

        Raises:
            ServerFailed: It did not come up; the message ends with what it wrote.
        """
        if self.is_running:
            return
        if not self._data.exists():
            self._initialise()
        for _ in range(ATTEMPTS):
            self.port = self.port or free_port()
            self._launch(held_by, lock)
            wait_until(lambda: self._has_ended or self._says_ready)
            if not self._has_ended:
                break
            self.port = 0
        if not self.is_running:
            written = self._log.read_text()[-2000:]
            self.remove()
            raise ServerFailed(f"PostgreSQL did not start:\n{written}")

    def stop(self) -> None:
        """Stop in order: what runs is rolled back, what was committed is written."""
        self._end(signal.SIGINT)

    def kill9(self) -> None:
        """Kill the server and every process of it at once, as a lost machine would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop in order and start again on the same port."""
        self.stop()
        self.start()

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """Create a database and return its address; nobody may be connected to the template."""
        create_database(self.port, name, template)
        return self.dsn(name)

    def remove(self) -> None:
        """Stop at once and remove the cluster."""
        self._end(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    @property
    def _pid_file(self) -> Path:
        return self._data / "postmaster.pid"

    def _initialise(self) -> None:
        program, account = str(self._binaries / "initdb"), None if self._account == keeper.NONE else self._account
        options = ["--encoding", "UTF8", "--no-locale", "--no-sync", "--no-instructions"]
        made = subprocess.run(
            [program, "--pgdata", str(self._data), "--username", USER, "--auth", "trust", *options],
            user=account,
            group=account,
            extra_groups=() if account else None,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise ServerFailed(f"initdb failed in {self.folder}:\n{made.stderr[-2000:]}")

    def _launch(self, held_by: int | None, lock: Path | None) -> None:
        settings = [
            f"listen_addresses={LOOPBACK}",
            f"port={self.port}",
            "unix_socket_directories=",
            "max_connections=200",
        ]
        settings += [] if self.durable else FORGETFUL
        server = [str(self._binaries / "postgres"), "-D", str(self._data), *(f"--{each}" for each in settings)]
        keeping = ["SIGQUIT", self._account, str(lock or keeper.NONE), str(self.folder)]
        self._left_over = self._status
        self._release()
        with self._log.open("ab") as log:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", keeper.__file__, *keeping, *server],
                stdin=subprocess.PIPE if held_by is None else held_by,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )

    @property
    def _status(self) -> str:
        try:
            return self._pid_file.read_text()
        except FileNotFoundError:
            return ""

    @property
    def _says_ready(self) -> bool:
        return "ready" in self._status and self._status != self._left_over

    @property
    def _has_ended(self) -> bool:
        return self._keeper is None or self._keeper.poll() is not None

    def _end(self, by: signal.Signals) -> None:
        if not self._has_ended and self._status:
            server = self.pid
            doomed = [server]
            if by == signal.SIGKILL:
                os.kill(server, signal.SIGSTOP)  # no new child from here on
                doomed += children(server)
            for process in doomed:
                os.kill(process, by)
            if not wait_until(lambda: self._has_ended and not any(map(is_alive, doomed))):
                raise ServerFailed(f"PostgreSQL did not end on {by.name}")
        self._release()

    def _release(self) -> None:
        """Let the keeper go; it stops a server that still runs."""
        if self._keeper is None:
            return
        if self._keeper.stdin:
            self._keeper.stdin.close()
        self._keeper.wait(timeout=PATIENCE)
        self._keeper = None


def children(parent: int) -> list[int]:
    """The processes that one process started and that still run; none where there is no ``/proc``."""
    return [pid for pid, (_, above) in _processes().items() if above == parent]


def is_alive(pid: int) -> bool:
    """Whether a process still does anything; one that nobody has asked about since its end does not."""
    state, _ = _processes().get(pid, ("gone", 0))
    return state not in {"gone", "Z", "X"}


def _processes() -> dict[int, tuple[str, int]]:
    """State and parent of every process by its id."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        found[int(stat.parent.name)] = (state, int(parent))
    return found
