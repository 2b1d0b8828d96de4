"""Opens pages in a real Chromium without a screen, away from every network."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.servers.programs import chromium

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
)  # fmt: skip
"""No name is found and every connection goes to a closed port."""

PATIENCE = 60
"""Seconds after which a page that does not finish is given up."""


@dataclass(frozen=True)
class Opened:
    """A page as the browser has it: its elements after scripts ran, and the lines of its console."""

    dom: str
    console: tuple[str, ...]


def open_page(file: Path, *flags: str) -> Opened:
    """Open a file with an empty profile.

    Raises:
        ServerMissing: there is no Chromium.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [chromium(), *FLAGS, f"--user-data-dir={profile}", "--dump-dom", *flags, file.resolve().as_uri()]
        run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    return Opened(run.stdout, tuple(line for line in run.stderr.splitlines() if ":CONSOLE" in line))
