"""Trades on the price of each symbol."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from backend.domain.moments import instants_of
from backend.domain.results import BacktestRun, OpenPosition, PriceLine, Trade
from backend.domain.timeframes import Timeframe
from backend.services.reports.curves import Curves
from backend.services.reports.page.charts import DENSE, Band, Chart, Line, Marker, band
from backend.services.reports.page.formats import day, minute, price, short_number, signed_percent
from backend.services.reports.page.scale import HEIGHT, WIDTH, Axis, Tick, axis_of, path
from backend.services.reports.thinning import kept_positions

MARKED_ALONE, MARKED_BESIDE = 120, 30
"""Trades on one chart beyond which each is a line from entry to exit without signs."""

MARKET_EXITS = ("signal", "time")
"""Exits that fill at an open; all others fill somewhere within a bar or at its close."""

MOST_CHARTS = 12
CLOSE_TOGETHER = 0.0005
"""Stretches with less than this share of the width between them are shaded as one."""

POINTS_ALONE, POINTS_BESIDE = 1500, 500


def price_charts(run: BacktestRun, curves: Curves, dates: tuple[Tick, ...]) -> tuple[Chart, ...]:
    """One chart for each symbol with prices, those with the most trades first when there are too many."""
    traded = {line.symbol: sum(trade.symbol == line.symbol for trade in run.trades) for line in run.prices}
    lines = run.prices
    if len(lines) > MOST_CHARTS:
        busiest = sorted(traded, key=lambda symbol: -traded[symbol])[:MOST_CHARTS]
        lines = tuple(line for line in lines if line.symbol in busiest)
    most = POINTS_ALONE if len(lines) == 1 else POINTS_BESIDE
    return tuple(replace(_chart(run, curves, line, most), dates=dates) for line in lines if line.close)


def _chart(run: BacktestRun, curves: Curves, prices: PriceLine, most: int) -> Chart:
    trades = [trade for trade in run.trades if trade.symbol == prices.symbol]
    held = [position for position in run.open_positions if position.symbol == prices.symbol]
    marked = MARKED_ALONE if most == POINTS_ALONE else MARKED_BESIDE
    closes = np.array(prices.close, dtype=np.float64)
    fills = [value for trade in trades for value in (trade.entry_price, trade.exit_price)]
    axis = axis_of(
        [closes, np.array([*fills, *(position.entry_price for position in held)] or closes[:1])],
        may_be_logarithmic=True,
    )
    kept = kept_positions(closes, most)
    x = (np.searchsorted(curves.times, instants_of(prices.time))[kept] + 1) / len(curves)
    return Chart(
        name=f"price-{run.symbols.index(prices.symbol)}",
        title=prices.symbol,
        description=_described(prices.symbol, trades, held),
        ticks=axis.ticks(short_number, 5 if most == POINTS_ALONE else 4),
        dates=(),
        lines=(Line("price", path(x, axis.fractions(closes[kept]))), *_segments(curves, trades, axis)),
        bands=_held_bands(curves, trades, held),
        markers=_markers(run, curves, trades, held, axis) if len(trades) <= marked else (),
        logarithmic=axis.logarithmic,
    )


def _described(symbol: str, trades: Sequence[Trade], held: Sequence[OpenPosition]) -> str:
    won = sum(trade.pnl > 0 for trade in trades)
    open_yet = f", {len(held)} still open" if held else ""
    return f"Closes of {symbol} with {len(trades)} closed trades, of which {won} won{open_yet}."


def _segments(curves: Curves, trades: Sequence[Trade], axis: Axis) -> tuple[Line, ...]:
    """From each entry to its exit: one path of the trades that won, one of those that did not."""
    pieces: dict[str, list[str]] = {"won": [], "lost": []}
    for trade in trades:
        ends = _at(curves, trade.entry_time), _exit_at(curves, trade)
        heights = axis.fractions(np.array([trade.entry_price, trade.exit_price]))
        points = [f"{round(x * WIDTH)} {round(float(y) * HEIGHT)}" for x, y in zip(ends, heights, strict=True)]
        pieces["won" if trade.pnl > 0 else "lost"].append("M" + "L".join(points))
    return tuple(Line(kind, "".join(found)) for kind, found in pieces.items() if found)


def _markers(
    run: BacktestRun, curves: Curves, trades: Sequence[Trade], held: Sequence[OpenPosition], axis: Axis
) -> tuple[Marker, ...]:
    write = day if run.timeframe is Timeframe.DAY else minute
    found: list[Marker] = []
    entered: list[Trade | OpenPosition] = [*trades, *held]
    for position in entered:
        x, y = _at(curves, position.entry_time), axis.percentage(position.entry_price)
        told = f"{position.side} entry {write(position.entry_time)} at {price(position.entry_price)}"
        found.append(Marker(f"enter-{position.side}", round(x * 100, 2), y, told))
    for trade in trades:
        x, y = _exit_at(curves, trade), axis.percentage(trade.exit_price)
        told = f"exit {write(trade.exit_time)} at {price(trade.exit_price)}, {signed_percent(trade.return_)}"
        found.append(Marker("exit-won" if trade.pnl > 0 else "exit-lost", round(x * 100, 2), y, told))
    return tuple(found)


def _held_bands(curves: Curves, trades: Sequence[Trade], held: Sequence[OpenPosition]) -> tuple[Band, ...]:
    """The stretches with a position, long and short apart, unless they are too many to be told from each other."""
    stretches = [(trade.side, _row(curves, trade.entry_time), _row(curves, trade.exit_time)) for trade in trades]
    stretches += [(position.side, _row(curves, position.entry_time), len(curves)) for position in held]
    joined: list[tuple[str, int, int]] = []
    for side, first, stop in sorted(stretches, key=lambda stretch: stretch[1:]):
        if joined and joined[-1][0] == side and first - joined[-1][2] <= CLOSE_TOGETHER * len(curves):
            joined[-1] = (side, joined[-1][1], max(stop, joined[-1][2]))
        else:
            joined.append((side, first, stop))
    if len(joined) > DENSE:
        return ()
    return tuple(band(f"held-{side}", first, stop, len(curves)) for side, first, stop in joined)


def _row(curves: Curves, moment: datetime) -> int:
    """Bars that had ended by that moment."""
    return int(np.searchsorted(curves.times, instants_of([moment])[0], side="right"))


def _at(curves: Curves, moment: datetime) -> float:
    """Fraction of the width at which the bar of a fill at its open ends."""
    return min(_row(curves, moment) + 1, len(curves)) / len(curves)


def _exit_at(curves: Curves, trade: Trade) -> float:
    """The same of an exit; one within a bar is stamped with the end of that bar."""
    if trade.exit_reason in MARKET_EXITS:
        return _at(curves, trade.exit_time)
    return _row(curves, trade.exit_time) / len(curves)
