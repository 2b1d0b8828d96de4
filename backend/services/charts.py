"""What a chart of a stored backtest shows: its bars read again, its trades and curves, and what its strategy read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.domain.errors import BackproofError, DataUnavailable, InvalidInput
from backend.domain.frames import Frame
from backend.domain.moments import instants_of
from backend.domain.periods import Periods
from backend.domain.results import BacktestRun, ExitReason, OpenPosition, PriceLine, Trade
from backend.domain.sentiment import ALL_CHANNELS
from backend.domain.suggestions import did_you_mean
from backend.language import compile_spec
from backend.language.lines import Line, lines_of
from backend.services.gathering import Gathering, Material, Needs, Wish
from backend.services.market_data import OpenPeriod
from backend.services.stored_runs import StoredRuns, curves_document, utc_texts

MOST_SYMBOLS = 5
"""Symbols of one chart unless one is named."""

OTHER_BARS = (
    "The stored bars or posts are no longer those that this backtest ran on: its own closes are shown, without what "
    "its strategy read of them."
)


@dataclass(frozen=True, eq=False)
class Seen:
    """What a chart is made of.

    Attributes:
        run: its summary is enough.
        symbols: those that are shown.
        material: what the run read; None where it is not there any more, or is not the same.
    """

    run: BacktestRun
    symbols: tuple[str, ...]
    material: Material | None

    @property
    def told_by(self) -> tuple[str, ...] | None:
        """What differs when the material does: the run knows its values by their hash, and not who served them."""
        return None if self.material is None else tuple(frame.bars.source for frame in self.material.frames)


class Charts:
    """Charts of stored backtests; nothing outside this machine is asked, and no bar after the end of a run is shown.

    Args:
        gathering: reads bars and posts that are stored.
        runs: gives the parts of runs.
    """

    def __init__(self, gathering: Gathering, runs: StoredRuns) -> None:
        self._gathering = gathering
        self._runs = runs

    def seen(self, run: BacktestRun, symbol: str | None = None) -> Seen:
        """What there is of a run to be shown.

        Args:
            run: its summary is enough.
            symbol: the one to show; the first few unless stated.

        Raises:
            InvalidInput: the run did not trade that symbol.
        """
        return Seen(run, _shown(run, symbol), self._material(run))

    def chart(self, seen: Seen, periods: Periods | None) -> dict[str, Any]:
        """The document of a chart.

        Args:
            seen: what it shows.
            periods: of the session that the strategy is from, to be shaded.
        """
        run, shown, material = seen.run, seen.symbols, seen.material
        series = _read_again(run, material, shown) if material else self._kept(run, shown)
        closed = self._runs.trades(run.owner, run.run_id)
        curves = self._runs.curves(run.owner, run.run_id)
        return {
            "run_id": run.run_id,
            "symbols": list(run.symbols),
            "timeframe": run.timeframe.value,
            "start": run.start.isoformat(),
            "end": run.end.isoformat(),
            "data_hash": run.data_hash,
            "same_data": material is not None,
            "notices": _notices(run, shown, same_data=material is not None),
            "series": series,
            "markers": list(_markers(closed, run.open_positions, shown)),
            "equity": curves_document(curves, run.execution.capital),
            "periods": periods.model_dump(mode="json") if periods else None,
        }

    def _kept(self, run: BacktestRun, shown: Sequence[str]) -> list[dict[str, Any]]:
        """The closes that were stored with the run, thinned out where there were many."""
        lines = {line.symbol: line for line in self._runs.load(run.owner, run.run_id).prices}
        return [_closes(run, lines.get(symbol), symbol) for symbol in shown]

    def _material(self, run: BacktestRun) -> Material | None:
        """What the run read, cut off at its end; None where it is not there any more, or is not the same."""
        wish = Wish(run.owner, run.symbols, run.timeframe, OpenPeriod(run.start, run.end))
        try:
            found = self._gathering.gather(wish, Needs.of(compile_spec(run.spec)))
        except BackproofError:
            return None
        if found.data_hash != run.data_hash:
            return None
        frames = [frame.window(0, rows.stop) for frame, rows in zip(found.frames, found.rows, strict=True)]
        return Material(tuple(frames), found.rows, found.notices)


def _shown(run: BacktestRun, symbol: str | None) -> tuple[str, ...]:
    if symbol is None:
        return run.symbols[:MOST_SYMBOLS]
    wanted = symbol.strip().upper()
    if wanted not in run.symbols:
        hint = did_you_mean(wanted, run.symbols) or f"it traded {', '.join(run.symbols)}"
        raise InvalidInput(f'{run.run_id} did not trade "{symbol[:40]}".', hint)
    return (wanted,)


def _notices(run: BacktestRun, shown: Sequence[str], *, same_data: bool) -> list[str]:
    notices = [] if same_data else [OTHER_BARS]
    if 1 < len(shown) < len(run.symbols):
        notices.append(f"{len(shown)} of {len(run.symbols)} symbols are shown; name another one to see it.")
    return notices


def _read_again(run: BacktestRun, material: Material, shown: Sequence[str]) -> list[dict[str, Any]]:
    by_symbol = {frame.bars.symbol: (frame, rows) for frame, rows in zip(material.frames, material.rows, strict=True)}
    return [_series(run, *by_symbol[symbol]) for symbol in shown]


def _series(run: BacktestRun, frame: Frame, rows: slice) -> dict[str, Any]:
    bars = frame.bars
    prices = {name: getattr(bars, name)[rows].tolist() for name in ("open", "high", "low", "close", "volume")}
    times = {"start": utc_texts(bars.start[rows]), "time": utc_texts(bars.end[rows])}
    return {
        "symbol": bars.symbol,
        "source": bars.source,
        **times,
        **prices,
        "lines": [_line(line, rows) for line in _lines(run, frame)],
        "sentiment": list(_sentiment(frame, rows)),
    }


def _lines(run: BacktestRun, frame: Frame) -> tuple[Line, ...]:
    try:
        return lines_of(run.spec, frame)
    except (InvalidInput, DataUnavailable):  # a line that an earlier version of the language knew
        return ()


def _line(line: Line, rows: slice) -> dict[str, Any]:
    told = {"name": line.name, "expression": line.expression, "unit": line.unit}
    return told | {"pane": "price" if line.on_prices else line.unit, "values": line.values[rows].tolist()}


def _sentiment(frame: Frame, rows: slice) -> Iterator[dict[str, Any]]:
    """Each channel by itself."""
    for channel, columns in frame.sentiment.items():
        if channel != ALL_CHANNELS:
            yield {"channel": channel, "mean": columns.mean[rows].tolist(), "posts": columns.posts[rows].tolist()}


def _closes(run: BacktestRun, line: PriceLine | None, symbol: str) -> dict[str, Any]:
    times = utc_texts(instants_of(line.time)) if line else []
    unknown = dict.fromkeys(("start", "open", "high", "low", "volume"))
    told = {"symbol": symbol, "source": run.source, **unknown, "time": times, "close": list(line.close) if line else []}
    return told | {"lines": [], "sentiment": []}


def _markers(
    closed: Sequence[Trade], held_at_the_end: Sequence[OpenPosition], shown: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Where each trade was entered and left, and each open position entered; by number of the trade."""
    for n, trade in enumerate(closed, start=1):
        if trade.symbol in shown:
            told = {"trade": n, "symbol": trade.symbol, "side": trade.side}
            yield told | _marker("entry", trade.entry_time, trade.entry_price, None)
            yield told | _marker("exit", trade.exit_time, trade.exit_price, trade.exit_reason)
    for held in held_at_the_end:
        if held.symbol in shown:
            told = {"trade": None, "symbol": held.symbol, "side": held.side}
            yield told | _marker("entry", held.entry_time, held.entry_price, None)


def _marker(kind: str, at: datetime, price: float, reason: ExitReason | None) -> dict[str, Any]:
    return {"kind": kind, "time": f"{at:%Y-%m-%dT%H:%M:%S}Z", "price": price, "reason": reason}
