"""Times the sweep of 3,930 pairs of moving averages over one series: ``python -m benchmarks.sweeps``."""

import os
import platform

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.execution import Costs, Execution
from backend.domain.frames import Frame
from backend.domain.spec import Risk, StrategySpec
from backend.engine.calendar import periods_per_year
from backend.engine.simulation import Rules
from backend.engine.sweep import Sweep, SweepResult
from backend.language import compile_spec
from backend.language.sweeping import Sweeping
from benchmarks.table import Figure, best_seconds, print_figures

FAST, SLOW = range(2, 32), range(32, 163)
PAIRS: Floats = np.array([(fast, slow) for fast in FAST for slow in SLOW], dtype=np.float64)
"""Windows of the fast and the slow average, shape (3930, 2)."""
CROSS = StrategySpec.model_validate(
    {
        "name": "moving average cross",
        "parameters": [
            {"name": "fast", "kind": "int", "value": 10, "low": 2, "high": 5000},
            {"name": "slow", "kind": "int", "value": 30, "low": 2, "high": 5000},
        ],
        "long_entry": "cross_above(sma(close, fast), sma(close, slow))",
        "long_exit": "cross_below(sma(close, fast), sma(close, slow))",
    }
)
EXECUTION = Execution(capital=1_000_000, costs=Costs(commission_rate=0.001, slippage=0))
STOPS = Rules(risk=Risk(stop_loss=0.05, take_profit=0.15, trailing_stop=0.08, max_holding_bars=500))
WANTED, WANTED_WITH_STOPS = 500_000, 120_000


def main() -> None:
    """Measure on 13 years of daily AAPL, everything warm, and print one table."""
    from tests.samples import aapl_bars

    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print_figures(f"Sweep of {len(PAIRS):,} pairs, best of runs; {machine}", figures(Frame(aapl_bars(), {})))


def figures(frame: Frame) -> list[Figure]:
    """Combinations in a second, averages and crossings included."""
    made = []
    for name, work, rules, target in (
        ("sweep", "return, Sharpe, drawdown, trades, moments", Rules(), WANTED),
        ("sweep_stops", "the same with stops", STOPS, WANTED_WITH_STOPS),
    ):
        for threads in (1, 2):
            seconds, _ = swept(frame, EXECUTION, rules, threads)
            title = f"{len(PAIRS):,} pairs, {work}; {threads} thread{'s' * (threads > 1)}"
            bar = target if threads > 1 else None
            rate = len(PAIRS) / seconds
            made.append(Figure(f"{name}_{threads}", title, rate, "combinations/s", bar, more_is_better=True))
    return made


def swept(frame: Frame, execution: Execution, rules: Rules, threads: int) -> tuple[float, SweepResult]:
    """Shortest time of sweeping all pairs, averages included, in seconds; and what it gives, in their order."""
    compiled, rows = compile_spec(CROSS), slice(0, len(frame))
    year = periods_per_year(frame.bars.timeframe)
    columns = {"fast": PAIRS[:, 0], "slow": PAIRS[:, 1]}

    def run() -> SweepResult:
        programs = Sweeping(compiled, frame, rows).programs(columns)
        return Sweep(frame.bars, rules, execution, rows, year).over(programs, threads)

    return best_seconds(run), run()


if __name__ == "__main__":
    main()
