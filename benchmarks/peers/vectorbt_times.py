"""Times vectorbt: ``python -m benchmarks.peers.vectorbt_times FOLDER [once]``."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import vectorbt as vbt

from benchmarks.peers.exchange import PRICES, Answer, Series, answer_works, read_arrays, read_series, timed

TOGETHER = 655
"""Columns simulated at a time, so that they stay in memory."""
CALL = "MA.run, ma_crossed_above, Portfolio.from_signals"
YEAR = "252 days"
STOPS = {"sl_stop": 0.05, "tp_stop": 0.1}


def portfolio(series: Series, fast: Sequence[int] | int, slow: Sequence[int] | int, *, stops: bool = False) -> Any:
    """Crosses of two averages, filled at the next open; a column for each pair."""
    opens, highs, lows, closes = (series.prices[name] for name in PRICES)
    if not isinstance(fast, int):
        opens, highs, lows, closes = (column[:, np.newaxis] for column in (opens, highs, lows, closes))
    levels = {"open": opens, "high": highs, "low": lows, "stop_entry_price": "fillprice", **STOPS} if stops else {}
    quick = vbt.MA.run(closes, fast, short_name="fast")
    steady = vbt.MA.run(closes, slow, short_name="slow")
    return vbt.Portfolio.from_signals(
        closes,
        quick.ma_crossed_above(steady).vbt.fshift(1, fill_value=False),
        quick.ma_crossed_below(steady).vbt.fshift(1, fill_value=False),
        price=opens,
        init_cash=series.capital,
        fees=series.fee,
        freq="1D",
        **levels,
    )


def windows(pairs: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Fast windows and slow windows of some pairs."""
    return [fast for fast, _ in pairs], [slow for _, slow in pairs]


def answer(seconds: float, call: str, series: Series, made: Sequence[Any]) -> Answer:
    """What came out of a work, less what leaving at the last close would cost."""
    equity: list[float] = []
    trades: list[int] = []
    for each in made:
        held = np.abs(np.atleast_2d(np.asarray(each.assets())[-1]).ravel())
        left = held * series.prices["close"][-1] * series.fee
        equity += (np.atleast_1d(np.asarray(each.final_value())).ravel() - left).tolist()
        trades += np.atleast_1d(np.asarray(each.trades.closed.count())).ravel().astype(int).tolist()
    return Answer(seconds, call, equity, trades)


def single(series: Series, least: int = 3) -> Answer:
    """One cross of 10 and 30 bars with its equity."""

    def work() -> Any:
        made = portfolio(series, 10, 30)
        made.value()
        return made

    seconds, made = timed(work, least=least)
    return answer(seconds, f"{CALL}, value()", series, [made])


def full(made: Any) -> Any:
    """The portfolio after all metrics of each column and the trades were asked for."""
    made.stats(agg_func=None, settings={"year_freq": YEAR}, silence_warnings=True)
    _ = made.trades.records
    return made


def with_trades(series: Series) -> Answer:
    """The same with all metrics and the trades."""
    seconds, made = timed(lambda: full(portfolio(series, 10, 30)))
    return answer(seconds, f"{CALL}, stats(), trades.records", series, [made])


def sweep(series: Series, pairs: Sequence[tuple[int, int]], *, stops: bool = False) -> Answer:
    """Return, Sharpe, drawdown and trades of each pair."""
    parts = [pairs[start : start + TOGETHER] for start in range(0, len(pairs), TOGETHER)]

    def work() -> list[Any]:
        made = [portfolio(series, *windows(part), stops=stops) for part in parts]
        for each in made:
            each.total_return()
            each.sharpe_ratio(year_freq=YEAR)
            each.max_drawdown()
            each.trades.count()
        return made

    seconds, made = timed(work, least=2)
    return answer(seconds, f"{CALL} of {TOGETHER} columns, total_return, sharpe_ratio, max_drawdown", series, made)


def matrix(markets: Sequence[Series], pairs: Sequence[tuple[int, int]]) -> Answer:
    """Every pair on every market, with all metrics and the trades."""
    seconds, made = timed(lambda: [full(portfolio(series, *windows(pairs))) for series in markets], least=2)
    answers = [answer(seconds, "", series, [each]) for series, each in zip(markets, made, strict=True)]
    equity = [value for each in answers for value in each.final_equity]
    trades = [value for each in answers for value in each.trades]
    return Answer(seconds, f"{CALL} of 20 columns, stats(), trades.records", equity, trades)


def main(folder: Path) -> None:
    """Time every work."""
    daily, given = read_series(folder, "daily"), read_arrays(folder / "pairs.npz")
    markets = [read_series(folder, f"matrix{number}") for number in range(5)]
    works: dict[str, Callable[[], Answer]] = {
        "w1": lambda: single(daily),
        "w1_full": lambda: with_trades(daily),
        "w2": lambda: single(read_series(folder, "long")),
        "w2b": lambda: single(read_series(folder, "longest")),
        "sweep": lambda: sweep(markets[0], given["sweep"].tolist()),
        "sweep_stops": lambda: sweep(markets[0], given["sweep"].tolist(), stops=True),
        "matrix": lambda: matrix(markets, given["matrix"].tolist()),
    }
    answer_works({name: work() for name, work in works.items()})


if __name__ == "__main__":
    if sys.argv[2:] == ["once"]:
        answer_works({"cold": single(read_series(Path(sys.argv[1]), "daily"), least=1)})
    else:
        main(Path(sys.argv[1]))
