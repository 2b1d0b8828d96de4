"""Supabase Lite for tests: Supabase's REST and Auth API over a database of the PostgreSQL cluster."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import httpx
import jwt
import psycopg
from psycopg import sql

from tests.servers import keeper
from tests.servers.programs import LITE, node
from tests.servers.waiting import LOOPBACK, PATIENCE, ServerFailed, free_port, wait_until

AUDIENCE = "authenticated"
MAX_ROWS = 1000
"""Where hosted Supabase cuts every select, without a word."""

ATTEMPTS = 5
"""A free port may be taken by somebody else before the server has it."""

TABLES = "select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations'"
COUNT_FROM_THE_START = """
    select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    from pg_sequences where schemaname = 'public' and last_value is not null
"""


class SupabaseLite:
    """One server over one database, with keys of its own."""

    def __init__(self, dsn: str) -> None:
        """Prepare a server over the database with that address."""
        self.dsn = dsn
        self.jwt_secret = f"{uuid4().hex}{uuid4().hex}"
        self.publishable_key = f"sb_publishable_{uuid4().hex}"
        self.secret_key = f"sb_secret_{uuid4().hex}"
        self.port = 0
        self._node = node()
        self._home = Path()
        self._keeper: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address that a Supabase client is created with."""
        return f"http://{LOOPBACK}:{self.port}"

    def token(self, user_id: str, *, role: str = "authenticated", seconds: int = 3600, secret: str = "") -> str:
        """An access token as Auth signs it (HS256), good for the given seconds; with another secret it is a forgery."""
        now = int(time.time())
        claims = {"sub": user_id, "role": role, "aud": AUDIENCE, "iat": now, "exp": now + seconds}
        return jwt.encode(claims, secret or self.jwt_secret, algorithm="HS256")

    def start(self) -> None:
        """Start the server and wait until it answers; nothing happens when it runs.

        Raises:
            ServerFailed: It did not come up; the message ends with what it wrote.
        """
        if not self._has_ended:
            return
        for _ in range(ATTEMPTS):
            self.port = self.port or free_port()
            self._launch()
            wait_until(lambda: self._has_ended or self._answers())
            if not self._has_ended:
                return
            self.port = 0
        raise ServerFailed(f"Supabase Lite did not start:\n{(self._home / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop the server; the database keeps everything."""
        if self._keeper is None:
            return
        if self._keeper.stdin:
            self._keeper.stdin.close()
        self._keeper.wait(timeout=PATIENCE)
        self._keeper = None

    def restart(self) -> None:
        """Stop and start again on the same port."""
        self.stop()
        self.start()

    def empty(self) -> None:
        """Empty every table of the schema; only the record of what was migrated stays.

        Deletes, because truncating 27 tables costs half a second on a busy machine and looking into them 10 ms.
        """
        with psycopg.connect(self.dsn) as connection:
            connection.execute("set local session_replication_role = replica")  # no trigger and no reference objects
            names = [name for (name,) in connection.execute(TABLES)]
            for name in names:
                table = sql.Identifier("public", name)
                if connection.execute(sql.SQL("select from {} limit 1").format(table)).rowcount:
                    connection.execute(sql.SQL("delete from {}").format(table))
            connection.execute(COUNT_FROM_THE_START)

    @property
    def _has_ended(self) -> bool:
        return self._keeper is None or self._keeper.poll() is not None

    def _answers(self) -> bool:
        try:
            answer = httpx.get(f"{self.url}/rest/v1/", headers={"apikey": self.secret_key}, timeout=PATIENCE)
        except httpx.TransportError:
            return False
        return answer.status_code < 500

    def _launch(self) -> None:
        self.stop()
        self._home = Path(tempfile.mkdtemp(prefix="backproof-supabase-"))
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._home),
            "DO_NOT_TRACK": "1",
            "LITE_TELEMETRY": "0",
            "DATABASE_URL": self.dsn,
            "PORT": str(self.port),
            "MAX_ROWS": str(MAX_ROWS),
            "JWT_SECRET": self.jwt_secret,
            "PUBLISHABLE_KEY": self.publishable_key,
            "SECRET_KEY": self.secret_key,
        }
        keeping = ["SIGTERM", keeper.NONE, keeper.NONE, str(self._home)]
        with (self._home / "log").open("ab") as log:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", keeper.__file__, *keeping, self._node, str(LITE / "server.mjs")],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._home,
                env=environment,
                start_new_session=True,
            )
