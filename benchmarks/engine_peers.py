"""Other backtesters, each in an environment of its own that this builds, and run as processes of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ROOT / ".peers"
"""Where the environments lie; git ignores it."""


@dataclass(frozen=True)
class Peer:
    """One backtester.

    Attributes:
        name: what it is called in tables and files.
        key: its environment, and the first word of its modules in ``benchmarks/peers``.
        requirements: what is installed, pinned.
        variables: of the environment that its processes get.
        environments: the folder of all environments.
    """

    name: str
    key: str
    requirements: tuple[str, ...]
    variables: tuple[tuple[str, str], ...] = ()
    environments: Path = ENVIRONMENTS

    @property
    def home(self) -> Path:
        """Folder of its environment."""
        return self.environments / self.key

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.home / "bin" / "python"


_NUMPY = "numpy==2.4.6"
PEERS = (
    Peer("raptorbt", "raptorbt", ("raptorbt==0.13.4", _NUMPY), (("RAPTORBT_NO_VERSION_CHECK", "1"),)),
    Peer("vectorbt", "vectorbt", ("vectorbt==1.2.0", "vectorbt-rust==1.2.0", _NUMPY, "pandas==3.1.1", "numba==0.68.1")),
    Peer("backtesting.py", "backtesting", ("backtesting==0.6.6", _NUMPY, "pandas==3.1.1")),
    Peer("backtrader", "backtrader", ("backtrader==1.9.78.123", _NUMPY)),
)


class PeerFailed(Exception):
    """A peer could not be installed or did not finish; the message says what it said last."""


def install(peer: Peer) -> None:
    """Build the environment of a peer, unless it is there with the same pins.

    Raises:
        PeerFailed: a package cannot be had.
    """
    stamp, wanted = peer.home / "requirements.txt", "\n".join((*peer.requirements, sys.version))
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing {', '.join(peer.requirements)} ...", file=sys.stderr)
    _run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(peer.home)])
    _run([sys.executable, "-m", "uv", "--quiet", "pip", "install", "--python", str(peer.python), *peer.requirements])
    stamp.write_text(wanted)


def ask(peer: Peer, module: str, *arguments: Path | str) -> Any:
    """What a module of ``benchmarks/peers`` answers in the peer's environment: the JSON on its standard output.

    Raises:
        PeerFailed: the process failed.
    """
    return json.loads(_run(command_of(peer, module, *arguments), dict(peer.variables)).splitlines()[-1])


def command_of(peer: Peer, module: str, *arguments: Path | str) -> list[str]:
    """How one of the peer's modules is run in its environment."""
    return [str(peer.python), "-W", "ignore", "-m", f"benchmarks.peers.{peer.key}_{module}", *map(str, arguments)]


def _run(command: Sequence[str], environment: dict[str, str] | None = None) -> str:
    """Run a command in the checkout; its standard output."""
    variables = os.environ | (environment or {})
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip() or "nothing").splitlines()[-1]
        raise PeerFailed(f"{' '.join(command[1:4])} ended with {done.returncode}: {said}")
    return done.stdout
