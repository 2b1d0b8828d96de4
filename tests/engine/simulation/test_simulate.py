"""What the simulation refuses, promises and loads."""

import subprocess
import sys

import numpy as np
import pytest

from backend.domain.errors import InvalidInput
from backend.domain.execution import Execution
from backend.domain.signals import Signals
from backend.engine.simulation import ENGINE_VERSION, Rules, simulate
from tests.conftest import ROOT
from tests.engine.simulation.scenarios import play, signals
from tests.samples import flat_bars

BARS = flat_bars([10, 11, 12])


@pytest.mark.parametrize("rows", [slice(1, 1), slice(2, 1), slice(0, 4), slice(-1, 3), slice(0, 3, 2), slice(3, 4)])
def test_rows_that_are_no_stretch_of_the_bars_are_refused(rows: slice) -> None:
    with pytest.raises(InvalidInput, match="not a stretch of the 3 bars of TEST"):
        simulate(BARS, signals(BARS), Rules(), Execution(), rows)


def test_signals_of_other_bars_are_refused() -> None:
    with pytest.raises(InvalidInput, match="not one decision for each of the 3 bars of TEST"):
        simulate(BARS, signals(flat_bars([1, 2])), Rules(), Execution(), slice(0, 3))


def test_strided_decisions_give_the_same_result() -> None:
    wide = np.zeros((3, 4), dtype=np.bool_)
    wide[0, 0] = True

    simulation = simulate(BARS, Signals(*wide.T), Rules(), Execution(), slice(0, 3))

    assert len(simulation.open_positions()) == 1


def test_the_same_input_gives_the_same_bytes() -> None:
    runs = [play([10, 11, 9, 12, 13], long_entry=[0, 2], long_exit=[1]) for _ in range(2)]

    assert runs[0].equity.tobytes() == runs[1].equity.tobytes()
    assert runs[0].positions.tobytes() == runs[1].positions.tobytes()


def test_results_cannot_be_written_to() -> None:
    simulation = play([10, 11, 9, 12], long_entry=[0])

    for array in (simulation.equity, simulation.returns, simulation.weight, simulation.positions):
        assert not array.flags.writeable


def test_importing_the_engine_loads_no_numba() -> None:
    modules = "backend.engine.simulation, backend.engine.metrics, backend.engine.sweep"
    program = f"import sys, {modules}; sys.exit('numba' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_the_engine_names_its_version() -> None:
    assert ENGINE_VERSION == "2"
