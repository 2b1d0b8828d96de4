"""Times raptorbt: ``python -m benchmarks.peers.raptorbt_times FOLDER [once]``."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import raptorbt

from benchmarks.peers.exchange import PRICES, Answer, Array, Series, answer_works, read_arrays, read_series, timed

MINUTE = 60 * 10**9
TOGETHER = 393
"""Backtests handed over at a time: it keeps the equity of each."""
CALL = "sma, run_single_backtest"


class Market:
    """Bars as raptorbt takes them."""

    def __init__(self, series: Series) -> None:
        self.series = series
        self.close = series.prices["close"]
        bars = self.close.size
        self.columns = (MINUTE * np.arange(bars), *(series.prices[name] for name in PRICES), np.ones(bars))
        self.terms = raptorbt.BacktestConfig(
            initial_capital=series.capital,
            fees=series.fee,
            slippage=0.0,
            fill_timing="next_bar_open",
            periods_per_year=252.0,
        )

    def crossed(self, fast: int, slow: int) -> Any:
        """One backtest of a cross of two averages."""
        return self.run(raptorbt.sma(self.close, fast), raptorbt.sma(self.close, slow))

    def run(self, fast: Array, slow: Array) -> Any:
        """One backtest of a cross of two lines."""
        return raptorbt.run_single_backtest(*self.columns, *crossings(fast, slow), config=self.terms)

    def batch(self, pairs: Sequence[tuple[int, int]]) -> list[Any]:
        """Backtests of many pairs on all cores."""
        averages = {window: raptorbt.sma(self.close, window) for window in {w for pair in pairs for w in pair}}
        items = [
            raptorbt.BatchSingleItem(str(number), *crossings(averages[fast], averages[slow]))
            for number, (fast, slow) in enumerate(pairs)
        ]
        return [result for _, result in raptorbt.batch_single_backtest(*self.columns, items, config=self.terms)]


def crossings(fast: Array, slow: Array) -> tuple[Array, Array]:
    """Where fast crosses above slow, and where below."""
    above, below = np.zeros(fast.size, dtype=bool), np.zeros(fast.size, dtype=bool)
    above[1:] = (fast[1:] > slow[1:]) & (fast[:-1] <= slow[:-1])
    below[1:] = (fast[1:] < slow[1:]) & (fast[:-1] >= slow[:-1])
    return above, below


def outcome(market: Market, result: Any) -> tuple[float, int]:
    """Equity after what leaving at the last close would cost, and closed trades.

    It lists a position left open as a trade that ended with the data, without a fee.
    """
    rows = result.trades()
    held = [trade for trade in rows if trade.exit_reason == "EndOfData"]
    left = sum(trade.size * market.close[-1] * market.series.fee - trade.exit_fees for trade in held)
    return float(result.equity_curve()[-1] - left), len(rows) - len(held)


def answer(seconds: float, call: str, outcomes: Sequence[tuple[float, int]]) -> Answer:
    """What came out of a work."""
    return Answer(seconds, call, [equity for equity, _ in outcomes], [trades for _, trades in outcomes])


def single(market: Market, least: int = 3) -> Answer:
    """One cross of 10 and 30 bars; all metrics are always computed."""
    seconds, result = timed(lambda: market.crossed(10, 30), least=least)
    return answer(seconds, CALL, [outcome(market, result)])


def with_trades(market: Market) -> Answer:
    """The same with the list of trades."""

    def work() -> Any:
        result = market.crossed(10, 30)
        result.trades()
        return result

    seconds, result = timed(work)
    return answer(seconds, f"{CALL}, trades()", [outcome(market, result)])


def sweep(market: Market, pairs: Sequence[tuple[int, int]]) -> Answer:
    """Return, Sharpe, drawdown and trades of each pair."""
    parts = [pairs[start : start + TOGETHER] for start in range(0, len(pairs), TOGETHER)]

    def work() -> list[Any]:
        results = [result for part in parts for result in market.batch(part)]
        for metrics in (result.metrics for result in results):
            _ = metrics.total_return_pct, metrics.sharpe_ratio, metrics.max_drawdown_pct, metrics.total_trades
        return results

    seconds, results = timed(work, least=2)
    return answer(seconds, "batch_single_backtest", [outcome(market, result) for result in results])


def matrix(markets: Sequence[Market], pairs: Sequence[tuple[int, int]]) -> Answer:
    """Every pair on every market, with all metrics and the list of trades."""

    def work() -> list[tuple[Market, Any]]:
        results = [(market, result) for market in markets for result in market.batch(pairs)]
        for _, result in results:
            result.trades()
        return results

    seconds, results = timed(work)
    return answer(seconds, "batch_single_backtest, trades()", [outcome(*made) for made in results])


def main(folder: Path) -> None:
    """Time every work."""
    daily, given = Market(read_series(folder, "daily")), read_arrays(folder / "pairs.npz")
    markets = [Market(read_series(folder, f"matrix{number}")) for number in range(5)]
    works: dict[str, Callable[[], Answer]] = {
        "w1": lambda: single(daily),
        "w1_full": lambda: with_trades(daily),
        "w2": lambda: single(Market(read_series(folder, "long"))),
        "w2b": lambda: single(Market(read_series(folder, "longest"))),
        "sweep": lambda: sweep(markets[0], given["sweep"].tolist()),
        "matrix": lambda: matrix(markets, given["matrix"].tolist()),
    }
    answer_works({name: work() for name, work in works.items()})


if __name__ == "__main__":
    if sys.argv[2:] == ["once"]:
        answer_works({"cold": single(Market(read_series(Path(sys.argv[1]), "daily")), least=1)})
    else:
        main(Path(sys.argv[1]))
