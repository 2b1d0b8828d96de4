"""Where the programs of the test servers lie on this machine, and what to do where one is missing."""

import os
import pwd
import shutil
from pathlib import Path

POSTGRES_ACCOUNT = "postgres"
"""The account that PostgreSQL runs under when root starts it: the server refuses to run as root."""

DEBIANS_BINARIES = Path("/usr/lib/postgresql")
POSTGRES_HINT = (
    "install PostgreSQL 15 or newer (Debian: apt-get install postgresql), or put initdb and postgres on PATH"
)
NODE_HINT = "install Node.js 20 or newer with npm (Debian: apt-get install nodejs npm), then run make servers"
CHROMIUM_HINT = "install Chromium (Debian: apt-get install chromium), or put chromium or google-chrome on PATH"
REDIS_HINT = "install Redis 6 or newer (Debian: apt-get install redis-server), or put redis-server on PATH"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
"""Names under which it may be installed."""

LITE = Path(__file__).resolve().parent / "supabase_lite"
"""The folder of Supabase Lite's server and its packages."""


class ServerMissing(Exception):
    """A test server is not installed here; the message says what to install."""


def postgres_binaries() -> Path:
    """The folder that holds PostgreSQL's programs.

    Raises:
        ServerMissing: There is none, or root has no account to run the server under.
    """
    on_path = shutil.which("initdb")
    newest_last = sorted(DEBIANS_BINARIES.glob("*/bin"), key=lambda folder: float(folder.parent.name))
    folders = [*([Path(on_path).resolve().parent] if on_path else []), *reversed(newest_last)]
    found = next(
        (folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None
    )
    if found is None:
        raise ServerMissing(f"PostgreSQL is not installed: {POSTGRES_HINT}")
    if os.getuid() == 0 and POSTGRES_ACCOUNT not in {account.pw_name for account in pwd.getpwall()}:
        raise ServerMissing(f"root cannot run PostgreSQL without an account named {POSTGRES_ACCOUNT}: {POSTGRES_HINT}")
    return found


def node() -> str:
    """The Node.js that runs Supabase Lite.

    Raises:
        ServerMissing: It, or the packages that the server needs, are not installed.
    """
    found = shutil.which("node")
    if found is None:
        raise ServerMissing(f"Node.js is not installed: {NODE_HINT}")
    if not (LITE / "node_modules" / "@supabase" / "lite").is_dir():
        raise ServerMissing(f"the packages of Supabase Lite are not installed: {NODE_HINT}")
    return found


def chromium() -> str:
    """The browser that opens reports.

    Raises:
        ServerMissing: There is none.
    """
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found is None:
        raise ServerMissing(f"Chromium is not installed: {CHROMIUM_HINT}")
    return found


def redis_server() -> str:
    """The Redis that carries word to Celery workers.

    Raises:
        ServerMissing: There is none.
    """
    found = shutil.which("redis-server")
    if found is None:
        raise ServerMissing(f"Redis is not installed: {REDIS_HINT}")
    return found
