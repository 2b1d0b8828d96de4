"""CPU seconds of one backtest from nothing: a process of its own that imports, reads data and runs once."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.engine_peers import ROOT, Peer, command_of

SPEC = {
    "name": "moving average cross",
    "long_entry": "cross_above(sma(close, 10), sma(close, 30))",
    "long_exit": "cross_below(sma(close, 10), sma(close, 30))",
}
RUNS = 3
"""The best counts; the first one stores the data and fills the cache of compiled kernels."""


def own_cold_seconds() -> float:
    """CPU seconds of ``backproof backtest run`` on the shipped prices, which are stored and kernels compiled before."""
    with TemporaryDirectory() as folder:
        spec = Path(folder) / "spec.json"
        spec.write_text(json.dumps(SPEC))
        environment = {"BACKPROOF_DATA_DIR": folder, "BACKPROOF_PRICES": "sample", "BACKPROOF_DATABASE_URL": ""}
        run = ("backtest", "run", "--spec", str(spec), "--symbols", "AAPL", "--json")
        command = [sys.executable, "-m", "backend.cli", *run]
        return min(_cpu_seconds(command, environment) for _ in range(RUNS))


def peer_cold_seconds(peer: Peer, folder: Path) -> float:
    """CPU seconds of a process that imports the peer, reads the same bars and runs once."""
    command = command_of(peer, "times", folder, "once")
    return min(_cpu_seconds(command, dict(peer.variables)) for _ in range(RUNS - 1))


def _cpu_seconds(command: Sequence[str], environment: Mapping[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
