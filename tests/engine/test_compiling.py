"""Who waits for machine code is told once, and nobody is told where there is nothing to wait for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import json
from backend.engine.compiling import tell_when_compiling
from backend.engine.kernel import compiled
from tests.engine import compiling_kernels as kernels

told = []
tell_when_compiling(lambda: told.append(len(told)))
first, second = compiled()(kernels.one_more), compiled()(kernels.one_less)
print(json.dumps([first(1), second(1), told]))
"""


@pytest.mark.slow
def test_it_is_told_once_and_only_where_no_cache_holds_the_kernels(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(tmp_path)}
    ran = [
        subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment, check=True)
        for _ in range(2)
    ]
    cold, warm = (json.loads(ended.stdout) for ended in ran)
    assert cold == [2, 0, [0]]
    assert warm == [2, 0, []]
