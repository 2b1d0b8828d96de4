"""What the simulation refuses, promises and loads."""

import subprocess
import sys

import numpy as np
import pytest

from backend.domain.errors import InvalidInput
from backend.domain.execution import Execution
from backend.domain.signals import Signals
from backend.domain.spec import Sizing
from backend.engine.simulation import ENGINE_VERSION, Rules, refuse_unaffordable, simulate
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


def test_an_entry_that_buys_nothing_is_counted_and_refuses_nothing_beside_one_that_fills() -> None:
    # 299 buys no share of 300 at bar 1 and one of 290 at bar 3
    simulation = play([300, 300, 290, 290], capital=299, terms={"whole_shares": True}, long_entry=[0, 2])

    refuse_unaffordable(simulation, Execution(capital=299, whole_shares=True))
    assert simulation.unfilled == 1
    assert simulation.positions["units"].tolist() == [1]


def test_an_entry_whose_volatility_is_not_known_is_not_counted() -> None:
    sizing = Sizing(kind="volatility_target", value=0.2)

    assert play([10, 11, 12], sizing=sizing, long_entry=[0]).unfilled == 0


def test_capital_too_small_for_a_single_share_is_refused_with_the_price() -> None:
    execution = Execution(capital=299, whole_shares=True)
    poor = play([300, 310, 305, 320], capital=299, terms={"whole_shares": True}, long_entry=[0, 1])
    idle = play([300, 310, 305, 320], capital=299, terms={"whole_shares": True})

    with pytest.raises(InvalidInput, match=r"capital of 299 bought no whole share of TEST, which cost 300\.00"):
        refuse_unaffordable(poor, execution)
    refuse_unaffordable(idle, execution)


def test_the_price_of_a_share_is_the_raw_one() -> None:
    # adjusted 10, raw 1000: a capital of 999 buys none
    terms = {"whole_shares": True}
    poor = play([10, 10, 10], capital=999, terms=terms, adjustment=[0.01] * 3, long_entry=[0])

    with pytest.raises(InvalidInput, match=r"which cost 1000\.00"):
        refuse_unaffordable(poor, Execution(capital=999, whole_shares=True))
