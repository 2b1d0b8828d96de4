"""Times backtesting.py: ``python -m benchmarks.peers.backtesting_times FOLDER [once]``."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from backtesting import Strategy
from backtesting.lib import FractionalBacktest

from benchmarks.peers.exchange import Answer, Array, Series, answer_works, read_arrays, read_series, timed

UNIT = 2.0**-30
"""Smallest tradable fraction: about 1e-9, and a power of two, so that scaling the prices by it rounds nothing."""
CALL = "FractionalBacktest.run"


def mean_of_last(values: Array, window: int) -> Array:
    """Moving average, each one summed afresh: the running sums of pandas turn two equal averages into a cross."""
    averages = np.full(values.size, np.nan)
    averages[window - 1 :] = np.lib.stride_tricks.sliding_window_view(values, window).mean(axis=1)
    return averages


class Cross(Strategy):  # type: ignore[misc]
    """Long while the fast average is above the slow one."""

    fast = 10
    slow = 30

    def init(self) -> None:
        """Prepare both averages."""
        self.quick = self.I(mean_of_last, self.data.Close, self.fast)
        self.steady = self.I(mean_of_last, self.data.Close, self.slow)

    def next(self) -> None:
        """Buy on a cross above, leave on one below."""
        above, before = self.quick[-1] - self.steady[-1], self.quick[-2] - self.steady[-2]
        if above > 0 and before <= 0:  # unlike crossover of its library, also from averages that were equal
            if not self.position:
                self.buy()
        elif above < 0 and before >= 0:
            self.position.close()


class Market:
    """Bars as backtesting.py takes them."""

    def __init__(self, series: Series) -> None:
        self.series = series
        frame = pd.DataFrame({name.capitalize(): values for name, values in series.prices.items()})
        frame["Volume"] = 1.0
        frame.index = pd.date_range("2000-01-01", periods=len(frame), freq="D" if len(frame) < 10_000 else "min")
        terms = {"cash": series.capital, "commission": series.fee, "fractional_unit": UNIT}
        self.backtest = FractionalBacktest(frame, Cross, **terms)

    def crossed(self, fast: int = 10, slow: int = 30) -> Any:
        """One backtest with all metrics and trades."""
        return self.backtest.run(fast=fast, slow=slow)

    def outcome(self, stats: Any) -> tuple[float, int]:
        """Equity after what leaving at the last close would cost, and closed trades."""
        held = sum(abs(trade.size) for trade in stats["_strategy"].trades) * UNIT
        left = held * self.series.prices["close"][-1] * self.series.fee
        return float(stats["_equity_curve"]["Equity"].iloc[-1] - left), len(stats["_trades"])


def answer(seconds: float, outcomes: Sequence[tuple[float, int]]) -> Answer:
    """What came out of a work."""
    return Answer(seconds, CALL, [equity for equity, _ in outcomes], [trades for _, trades in outcomes])


def single(market: Market, least: int = 3) -> Answer:
    """One cross of 10 and 30 bars; all metrics and trades are always computed."""
    seconds, stats = timed(market.crossed, least=least)
    return answer(seconds, [market.outcome(stats)])


def many(markets: Sequence[Market], pairs: Sequence[tuple[int, int]]) -> Answer:
    """Every pair on every market."""

    def work() -> list[tuple[float, int]]:
        return [market.outcome(market.crossed(*pair)) for market in markets for pair in pairs]

    return answer(*timed(work, least=1))


def main(folder: Path) -> None:
    """Time every work."""
    daily, given = Market(read_series(folder, "daily")), read_arrays(folder / "pairs.npz")
    markets = [Market(read_series(folder, f"matrix{number}")) for number in range(5)]
    works: dict[str, Callable[[], Answer]] = {
        "w1": lambda: single(daily),
        "w1_full": lambda: single(daily),
        "w2": lambda: single(Market(read_series(folder, "long"))),
        "w2b": lambda: single(Market(read_series(folder, "longest")), least=1),
        "sweep_some": lambda: many(markets[:1], given["some"].tolist()),
        "matrix": lambda: many(markets, given["matrix"].tolist()),
    }
    answer_works({name: work() for name, work in works.items()})


if __name__ == "__main__":
    if sys.argv[2:] == ["once"]:
        answer_works({"cold": single(Market(read_series(Path(sys.argv[1]), "daily")), least=1)})
    else:
        main(Path(sys.argv[1]))
