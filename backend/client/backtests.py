"""Direct backtests: run, listed, shown whole and in parts."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from backend.api.documents.runs import (
    BacktestBody,
    Chart,
    RunComparison,
    RunDocument,
    RunEquity,
    RunLine,
    RunPage,
    TradePage,
)
from backend.client.connection import Connection, part, stated
from backend.client.paging import PAGE, pages
from backend.domain.results import Trade

ReportFormat = Literal["html", "csv", "json"]
ReportTable = Literal["trades", "equity", "months", "years", "drawdowns"]


class BacktestCalls:
    """``client.backtests``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def run(self, **given: Any) -> RunDocument:
        """Run a strategy as it is.

        Args:
            given: the fields of ``BacktestBody``: ``spec`` or ``strategy_id``, ``symbols``, and further ones.
        """
        return self._connection.write(RunDocument, "POST", "backtest", stated(BacktestBody, given))

    def list(self) -> Iterator[RunLine]:
        """Newest first, read page by page."""
        for page in pages(lambda after: self._connection.read(RunPage, "backtest", limit=PAGE, cursor=after)):
            yield from page.runs

    def show(self, run_id: str, *, trades: bool = False, equity: bool = False) -> RunDocument:
        """A run, with its trades and its lines where they are wanted."""
        return self._connection.read(RunDocument, _path(run_id), trades=trades, equity=equity)

    def summary(self, run_id: str) -> RunLine:
        """A run as it stands in the list."""
        return self._connection.read(RunLine, f"{_path(run_id)}/summary")

    def trades(self, run_id: str) -> Iterator[Trade]:
        """Closed trades in the order of exit, read page by page."""
        path = f"{_path(run_id)}/trades"
        for page in pages(lambda after: self._connection.read(TradePage, path, limit=PAGE, cursor=after)):
            yield from page.trades

    def equity(self, run_id: str) -> RunEquity:
        """The lines of a run."""
        return self._connection.read(RunEquity, f"{_path(run_id)}/equity")

    def chart(self, run_id: str, symbol: str | None = None) -> Chart:
        """All that a chart of a run shows; of its first five symbols, unless one is named."""
        return self._connection.read(Chart, f"{_path(run_id)}/chart", symbol=symbol)

    def report(self, run_id: str, format: ReportFormat = "html", table: ReportTable | None = None) -> bytes:
        """A file to keep: a page, one table for a spreadsheet, or all data."""
        return self._connection.get(f"{_path(run_id)}/report", format=format, table=table).content

    def compare(self, run_ids: Sequence[str]) -> RunComparison:
        """Two to six runs side by side."""
        return self._connection.read(RunComparison, "backtest/compare", id=list(run_ids))


def _path(run_id: str) -> str:
    return f"backtest/{part(run_id)}"
