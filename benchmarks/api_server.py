"""A real server for measurements: started like anybody's on a free loopback port, over a folder that goes with it."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from benchmarks.api_wire import Target
from tests.servers.waiting import LOOPBACK, free_port

PATIENCE = 60.0
"""Seconds until a server that does not answer counts as broken."""

UNLIMITED = str(10**9)
"""Requests in a minute: the server is measured, not its limit for one account."""


@dataclass(frozen=True)
class MeasuredServer:
    """One that runs."""

    process: "subprocess.Popen[bytes]"
    target: Target

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.target.host}:{self.target.port}"

    @property
    def memory(self) -> float:
        """Megabytes that it holds now."""
        return self._status("VmRSS")

    @property
    def largest_memory(self) -> float:
        """Megabytes that it held at most."""
        return self._status("VmHWM")

    @property
    def work(self) -> float:
        """Seconds of a core that it has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # user and system, after the name

    def _status(self, name: str) -> float:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        kilobytes = next(line.split()[1] for line in lines if line.startswith(f"{name}:"))
        return int(kilobytes) / 1024


def settings_of(folder: Path) -> dict[str, str]:
    """The environment of a server whose data lies in the folder, and that asks nobody outside."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("BACKPROOF_", "SUPABASE_"))}
    return ours | {
        "BACKPROOF_DATA_DIR": str(folder),
        "BACKPROOF_PRICES": "file,sample",
        "BACKPROOF_POSTS": "file,sample",
        "BACKPROOF_RATE_READS": UNLIMITED,
        "BACKPROOF_RATE_WRITES": UNLIMITED,
    }


@contextmanager
def measured_server(folder: Path) -> Iterator[MeasuredServer]:
    """A server over the data in the folder, gone when the block ends. Raises RuntimeError when it does not come up."""
    port = free_port()
    command = [sys.executable, "-m", "backend.cli", "serve", "--port", str(port)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=folder, env=settings_of(folder), stdout=log, stderr=log)
        try:
            server = MeasuredServer(process, Target(LOOPBACK, port))
            _wait_for(server)
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _wait_for(server: MeasuredServer) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and server.process.poll() is None:
        try:
            httpx2.get(f"{server.url}/healthz", timeout=PATIENCE)
            return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise RuntimeError("the server did not come up")
