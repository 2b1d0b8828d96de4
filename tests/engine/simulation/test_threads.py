"""Simulations side by side: the compiled pass lets other threads run and must not share or lose their memory."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from backend.domain.execution import Execution
from backend.domain.results import Metrics
from backend.domain.signals import Signals
from backend.domain.spec import Risk
from backend.engine.metrics import measure
from backend.engine.simulation import Rules, simulate
from tests.samples import aapl_bars

RULES = (Rules(), Rules(risk=Risk(stop_loss=0.03, take_profit=0.06)), Rules(risk=Risk(trailing_stop=0.05)))


def ran(seed: int) -> tuple[bytes, bytes, Metrics]:
    """One simulation of random decisions, amid arrays of the sizes that it uses itself."""
    bars, draws = aapl_bars(), np.random.default_rng(seed)
    signals = Signals(*(draws.random(len(bars)) < 0.03 for _ in range(4)))
    pressure = []
    for size in (len(bars), 1024, 8 * len(bars), 60):
        pressure.append(np.full(size, np.nan))
        del pressure[:-2]
    execution = Execution(interest_rate=0.02 * (seed % 2), borrow_rate=0.01)
    simulation = simulate(bars, signals, RULES[seed % 3], execution, slice(seed % 50, len(bars)))
    return simulation.equity.tobytes(), simulation.positions.tobytes(), measure(simulation, 252)


def test_simulations_on_several_threads_give_the_bytes_of_one_alone() -> None:
    seeds = range(240)
    alone = [ran(seed) for seed in seeds]

    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(ran, seeds))

    assert together == alone
