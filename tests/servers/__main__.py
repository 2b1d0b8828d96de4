"""Installs what the test servers need and this machine lacks; ``python -m tests.servers lock`` pins it anew instead.

On Debian, root gets PostgreSQL, Node.js, Chromium and Redis by apt; elsewhere it says what is missing. That is an error
in CI alone: at a desk, the tests that need a missing server are skipped. Knows nothing but the standard library.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

from tests.servers.programs import LITE, ServerMissing, chromium, node, postgres_binaries, redis_server

IN_CI = os.environ.get("CI") == "true"
LOCK = LITE / "package-lock.json"

ADDRESSES = ("resolved", "funding")
"""What a lock says about where packages lie; their checksums tell what they are."""

SERVERS = (postgres_binaries, node, chromium, redis_server)

PACKAGES = ((postgres_binaries, "postgresql"), (chromium, "chromium"), (redis_server, "redis-server"))
"""Debian's, of programs that come with nothing else."""


def main(arguments: Sequence[str]) -> int:
    """Lock or install; return the exit code."""
    if arguments == ["lock"]:
        return lock()
    failures = [*install_programs(), *install_packages()]
    lacking = [*failures, *missing_servers()]
    for sentence in lacking:
        say(sentence)
    return 1 if lacking and IN_CI else 0


def missing_servers() -> Iterator[str]:
    """What keeps a server from being started, one sentence each."""
    for find in SERVERS:
        try:
            find()
        except ServerMissing as missing:
            yield f"Tests that need it {'fail' if IN_CI else 'are skipped'}: {missing}."


def install_programs() -> Iterator[str]:
    """Install PostgreSQL, Node.js, Chromium and Redis where they are missing and this process may; what failed."""
    names = [name for name in ("node", "npm") if not shutil.which(name)]
    wanted = ["nodejs" if name == "node" else name for name in names]
    wanted += [package for find, package in PACKAGES if lacks(find)]
    if not wanted or os.getuid() != 0 or not shutil.which("apt-get"):
        return
    say(f"Installing {', '.join(wanted)} for the tests ...")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}  # nothing is started
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *wanted]):
        yield from complaint(["apt-get", "-qq", *command], environment)


def lacks(find: Callable[[], object]) -> bool:
    """Whether a program is not there."""
    try:
        find()
    except ServerMissing:
        return True
    return False


def install_packages() -> Iterator[str]:
    """Install exactly the locked packages, unless they are; what failed."""
    checksum = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    stamp = LITE / "node_modules" / f".installed-{checksum}"
    npm = shutil.which("npm")
    if stamp.exists() or npm is None:
        return
    say("Installing what Supabase Lite runs on, for the tests ...")
    failed = list(complaint([npm, "ci", "--loglevel=error"], dict(os.environ)))
    yield from failed
    if not failed:
        stamp.touch()


def complaint(command: list[str], environment: dict[str, str]) -> Iterator[str]:
    """Run a command quietly; its last words when it failed."""
    run = subprocess.run(
        command, cwd=LITE, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if run.returncode:
        yield f"{' '.join(command)} failed:\n{(run.stderr or run.stdout).strip()[-1000:]}"


def say(sentence: str) -> None:
    """Tell the person who waits."""
    sys.stderr.write(f"{sentence}\n")


def lock() -> int:
    """Resolve ``package.json`` anew and leave no address in the lock."""
    subprocess.run(["npm", "install", "--package-lock-only", "--loglevel=error"], cwd=LITE, check=True)
    locked = json.loads(LOCK.read_text())
    for package in locked["packages"].values():
        for field in ADDRESSES:
            package.pop(field, None)
    LOCK.write_text(json.dumps(locked, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
