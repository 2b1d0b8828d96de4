"""What each symbol of a run earned."""

from backend.domain.record import Record
from backend.domain.results import BacktestRun


class Contribution(Record):
    """Of one symbol.

    Attributes:
        trades: closed ones.
        win_rate: share of them that earned something; None without any.
        held: positions still open at the end.
        pnl: money after costs, those of open positions as marked included.
        share: ``pnl`` as a fraction of the capital; the shares and the interest sum to the total return.
    """

    symbol: str
    trades: int
    win_rate: float | None
    held: int
    pnl: float
    share: float


def contributions(run: BacktestRun) -> tuple[Contribution, ...]:
    """One row for each symbol, in the order of the run, those that were never traded included."""
    return tuple(_contribution(run, symbol) for symbol in run.symbols)


def _contribution(run: BacktestRun, symbol: str) -> Contribution:
    trades = [trade for trade in run.trades if trade.symbol == symbol]
    held = [position for position in run.open_positions if position.symbol == symbol]
    pnl = sum(trade.pnl for trade in trades) + sum(position.pnl for position in held)
    return Contribution(
        symbol=symbol,
        trades=len(trades),
        win_rate=sum(trade.pnl > 0.0 for trade in trades) / len(trades) if trades else None,
        held=len(held),
        pnl=pnl,
        share=pnl / run.execution.capital,
    )
