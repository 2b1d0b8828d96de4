"""What a measured server holds: imported bars of fifty symbols, sessions with a bot, backtests, a small batch."""

import csv
from dataclasses import dataclass
from pathlib import Path

from backend.client import Backproof
from backend.domain.bars import Bars
from backend.domain.spec import StrategySpec
from benchmarks.data_sources import daily_bars

BARS = 3_270
"""Thirteen years of daily bars."""

SYMBOLS = tuple(f"SYN{n:02}" for n in range(1, 51))
STRATEGIES = 10
SESSIONS, RUNS = 3, 30
REQUEST = "momentum on AAPL with reddit, drawdown under 35 %"
COLUMNS = ("date", "open", "high", "low", "close", "volume")


OWN = (
    StrategySpec(name="Fast cross", long_entry="sma(close, 10) > sma(close, 50)", long_exit="close < sma(close, 50)"),
    StrategySpec(name="Weak days", long_entry="rsi(close, 3) < 15", long_exit="rsi(close, 3) > 60"),
)
"""Beside the starters that read prices alone, so that there are ten."""


@dataclass(frozen=True)
class Contents:
    """What can be asked for.

    Attributes:
        strategies: ids of those that batches are made of.
    """

    session_id: str
    bot_id: str
    run_id: str
    batch_id: str
    dataset_id: str
    strategies: tuple[str, ...]

    @property
    def reads(self) -> tuple[str, ...]:
        """Paths of a mix of reads, lists and single records, small and large."""
        session, run, batch = (
            f"sessions/{self.session_id}",
            f"backtest/{self.run_id}",
            f"backtest/batch/{self.batch_id}",
        )
        paths = (
            *("sessions", session, f"{session}/attempts/1", f"{session}/events?format=json"),
            *("backtest", run, f"{run}/summary", f"{run}/trades", f"{run}/equity", f"{run}/chart"),
            *(batch, "bots", f"bots/{self.bot_id}", f"bots/{self.bot_id}/datasets"),
            *("strategies", f"strategies/{self.strategies[0]}", "language", "data/status"),
            *("datasets", f"datasets/{self.dataset_id}", "jobs"),
        )
        return tuple(f"/api/v1/{path}" for path in paths)


def fill(client: Backproof, folder: Path) -> Contents:
    """Fill an empty server; files to import are written into the folder."""
    for symbol in SYMBOLS:
        client.data.import_file("prices", price_file(folder, symbol), symbol=symbol)
    for spec in OWN:
        client.strategies.add(spec)
    strategies = tuple(line.strategy_id for line in client.strategies.list() if not line.channels)[:STRATEGIES]
    opened = [client.sessions.open(REQUEST, seed=seed, iterations=2).session_id for seed in range(SESSIONS)]
    for session_id in opened:
        client.sessions.wait(session_id)
    runs = [
        client.backtests.run(strategy_id=strategies[n % STRATEGIES], symbols=(SYMBOLS[n],)).run_id for n in range(RUNS)
    ]
    bot = client.bots.save(opened[0], "measured")
    batch = client.batches.open(cells(SYMBOLS[:2], strategies[:2]))
    client.batches.wait(batch.batch_id)
    return Contents(
        session_id=opened[0],
        bot_id=bot.bot_id,
        run_id=runs[0],
        batch_id=batch.batch_id,
        dataset_id=next(client.datasets.list()).id,
        strategies=strategies,
    )


def cells(symbols: tuple[str, ...], strategies: tuple[str, ...]) -> list[dict[str, str]]:
    """Each strategy on each symbol."""
    return [{"symbol": symbol, "strategy": strategy} for symbol in symbols for strategy in strategies]


def price_file(folder: Path, symbol: str) -> Path:
    """A file with the generated bars of a symbol."""
    path, bars = folder / f"{symbol}.csv", daily_bars(symbol)
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        lines.writerows(_rows(bars.window(len(bars) - BARS, len(bars))))
    return path


def _rows(bars: Bars) -> list[tuple[object, ...]]:
    days = bars.session.astype("datetime64[D]").astype(str).tolist()
    columns = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    return list(zip(days, *(column.tolist() for column in columns), strict=True))
