"""A real Redis for tests: in a temporary folder, on a free port of 127.0.0.1."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from redis import Redis, RedisError

from tests.servers import keeper
from tests.servers.programs import redis_server
from tests.servers.waiting import LOOPBACK, PATIENCE, ServerFailed, free_port, wait_until

ATTEMPTS = 5
"""A free port may be taken by somebody else before the server has it."""


class RedisServer:
    """One server that keeps nothing on disk: killed and started again, it is empty."""

    def __init__(self) -> None:
        self._program = redis_server()
        self.folder = Path(tempfile.mkdtemp(prefix="backproof-redis-"))
        self.port = 0
        self._keeper: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    @property
    def is_running(self) -> bool:
        """Whether the server answers."""
        return self._keeper is not None and self._keeper.poll() is None and self._answers

    def start(self) -> None:
        """Start the server and wait until it answers; nothing happens when it runs. It ends with this process.

        Raises:
            ServerFailed: It did not come up; the message ends with what it wrote.
        """
        if self.is_running:
            return
        for _ in range(ATTEMPTS):
            self.port = self.port or free_port()
            self._launch()
            wait_until(lambda: self._has_ended or self._answers)
            if not self._has_ended:
                return
            self.port = 0
        raise ServerFailed(f"Redis did not start:\n{(self.folder / 'log').read_text()[-2000:]}")

    def kill9(self) -> None:
        """Kill it at once; everything in it is gone."""
        if self._keeper is not None:
            os.kill(int((self.folder / "pid").read_text()), signal.SIGKILL)
            wait_until(lambda: self._has_ended)  # a keeper that is let go before would remove the folder
            self._release()

    def empty(self) -> None:
        """Forget everything."""
        with Redis.from_url(self.url) as client:
            client.flushall()

    def remove(self) -> None:
        """Stop it and remove its folder."""
        self._release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _launch(self) -> None:
        self._release()
        (self.folder / "pid").unlink(missing_ok=True)
        settings = ["--port", str(self.port), "--bind", LOOPBACK, "--save", "", "--appendonly", "no"]
        settings += ["--dir", str(self.folder), "--pidfile", str(self.folder / "pid"), "--maxmemory", "64mb"]
        keeping = ["SIGTERM", keeper.NONE, keeper.NONE, str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", keeper.__file__, *keeping, self._program, *settings],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping()) and (self.folder / "pid").exists()
        except RedisError:
            return False

    @property
    def _has_ended(self) -> bool:
        return self._keeper is None or self._keeper.poll() is not None

    def _release(self) -> None:
        """Let the keeper go; it stops a server that still runs."""
        if self._keeper is None:
            return
        if self._keeper.stdin:
            self._keeper.stdin.close()
        self._keeper.wait(timeout=PATIENCE)
        self._keeper = None
