"""Times backtrader: ``python -m benchmarks.peers.backtrader_times FOLDER [once]``."""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import backtrader as bt

from benchmarks.peers.exchange import Answer, Series, answer_works, read_arrays, read_series, timed

CALL = "Cerebro.run"
NEARLY_ALL = 1 - 1e-15
"""Share of the cash that is spent: an order that rounds to a hair more is refused."""


class Cross(bt.Strategy):  # type: ignore[misc]
    """Long while the fast average is above the slow one, all-in at the next open."""

    params = (("fast", 10), ("slow", 30), ("fee", 0.0))

    def __init__(self) -> None:
        averages = (bt.indicators.SimpleMovingAverage(self.data.close, period=n) for n in (self.p.fast, self.p.slow))
        self.crossing = bt.indicators.CrossOver(*averages)
        self.wish = 0
        self.closed = 0

    def next(self) -> None:
        """Decide at the close."""
        self.wish = int(self.crossing[0])

    def next_open(self) -> None:
        """Order at the open, of which the size depends."""
        if self.wish > 0 and not self.position:
            self.buy(size=self.broker.getcash() * NEARLY_ALL / (self.data.open[0] * (1 + self.p.fee)))
        elif self.wish < 0 and self.position:
            self.close()

    def notify_trade(self, trade: Any) -> None:
        """Count what was closed."""
        self.closed += trade.isclosed


class Bars(bt.feed.DataBase):  # type: ignore[misc]
    """Arrays as a feed."""

    params = (("prices", None),)

    def start(self) -> None:
        """Begin at the first bar."""
        super().start()
        self.rows = zip(*(self.p.prices[name].tolist() for name in ("open", "high", "low", "close")), strict=True)
        self.moment = datetime(2000, 1, 1)  # noqa: DTZ001 - the feed wants a naive time

    def _load(self) -> bool:
        row = next(self.rows, None)
        if row is None:
            return False
        self.moment += timedelta(minutes=1)
        self.lines.datetime[0] = bt.date2num(self.moment)
        self.lines.open[0], self.lines.high[0], self.lines.low[0], self.lines.close[0] = row
        self.lines.volume[0] = 1.0
        return True


def crossed(series: Series, fast: int = 10, slow: int = 30, *, full: bool = False) -> tuple[float, int]:
    """One backtest: equity after what leaving at the last close would cost, and closed trades."""
    cerebro = bt.Cerebro(stdstats=False, cheat_on_open=True)
    cerebro.adddata(Bars(prices=series.prices))
    cerebro.addstrategy(Cross, fast=fast, slow=slow, fee=series.fee)
    cerebro.broker.setcash(series.capital)
    cerebro.broker.setcommission(commission=series.fee)
    if full:
        for analyzer in (bt.analyzers.SharpeRatio, bt.analyzers.DrawDown, bt.analyzers.TradeAnalyzer):
            cerebro.addanalyzer(analyzer)
    strategy = cerebro.run()[0]
    left = abs(strategy.position.size) * series.prices["close"][-1] * series.fee
    return float(cerebro.broker.getvalue() - left), int(strategy.closed)


def single(series: Series, least: int = 3, *, full: bool = False) -> Answer:
    """One cross of 10 and 30 bars."""
    seconds, (equity, trades) = timed(lambda: crossed(series, full=full), least=least)
    return Answer(seconds, _call(full), [equity], [trades])


def many(markets: Sequence[Series], pairs: Sequence[tuple[int, int]], *, full: bool) -> Answer:
    """Every pair on every market."""
    seconds, outcomes = timed(lambda: [crossed(series, *p, full=full) for series in markets for p in pairs], least=1)
    return Answer(seconds, _call(full), [equity for equity, _ in outcomes], [trades for _, trades in outcomes])


def _call(full: bool) -> str:
    return f"{CALL} with SharpeRatio, DrawDown, TradeAnalyzer" if full else CALL


def main(folder: Path) -> None:
    """Time the works that it can do within seconds."""
    daily, some = read_series(folder, "daily"), read_arrays(folder / "pairs.npz")["some"].tolist()
    works: dict[str, Callable[[], Answer]] = {
        "w1": lambda: single(daily),
        "w1_full": lambda: single(daily, full=True),
        "w2": lambda: single(read_series(folder, "long"), least=1),
        "sweep_some": lambda: many([read_series(folder, "matrix0")], some, full=True),
    }
    answer_works({name: work() for name, work in works.items()})


if __name__ == "__main__":
    if sys.argv[2:] == ["once"]:
        answer_works({"cold": single(read_series(Path(sys.argv[1]), "daily"), least=1)})
    else:
        main(Path(sys.argv[1]))
