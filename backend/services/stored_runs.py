"""Parts of stored backtests, each read without the others."""

from typing import Any

import numpy as np

from backend.domain.ports import RunCurves, RunStore
from backend.domain.results import BacktestRun, Trade
from backend.services.documents import run_document
from backend.services.reports.curves import below_peak


class StoredRuns:
    """What was stored of direct backtests.

    Args:
        runs: where they are kept.
    """

    def __init__(self, runs: RunStore) -> None:
        self._runs = runs

    def load(self, owner: str, run_id: str) -> BacktestRun:
        """The whole run. Raises NotFound."""
        return self._runs.load_run(owner, run_id)

    def summary(self, owner: str, run_id: str) -> BacktestRun:
        """The run without trades, curves and prices. Raises NotFound."""
        return self._runs.load_summary(owner, run_id)

    def trades(self, owner: str, run_id: str, limit: int | None = None, after: int = 0) -> tuple[Trade, ...]:
        """Closed trades in the order of exit, at most ``limit`` behind the first ``after``. Raises NotFound."""
        return self._runs.load_trades(owner, run_id, limit, after)

    def curves(self, owner: str, run_id: str) -> RunCurves:
        """The lines of a run. Raises NotFound."""
        return self._runs.load_curves(owner, run_id)

    def document(self, owner: str, run_id: str, *, trades: bool = False, equity: bool = False) -> dict[str, Any]:
        """The documented keys of a run; only what is wanted is read. Raises NotFound."""
        if equity:
            return run_document(self.load(owner, run_id), trades=trades, equity=True)
        run = self.summary(owner, run_id)
        if trades:
            run = run.model_copy(update={"trades": self.trades(owner, run_id)})
        return run_document(run, trades=trades)

    def equity_document(self, run: BacktestRun) -> dict[str, Any]:
        """The lines of a run, a value for each moment in each of its lists; its summary is enough. Raises NotFound."""
        return {"run_id": run.run_id} | curves_document(self.curves(run.owner, run.run_id), run.execution.capital)


def curves_document(curves: RunCurves, capital: float) -> dict[str, Any]:
    """Lists of one length; ``drawdown`` is a positive fraction of the highest value so far.

    Args:
        curves: of N moments.
        capital: the value before the first moment.
    """
    return {
        "time": utc_texts(curves.time),
        "value": curves.equity.tolist(),
        "benchmark": None if curves.benchmark is None else curves.benchmark.tolist(),
        "exposure": None if curves.exposure is None else curves.exposure.tolist(),
        "drawdown": below_peak(curves.equity, capital).tolist() if curves.equity.size else [],
    }


def utc_texts(instants: np.ndarray[Any, Any]) -> list[str]:
    """Moments in UTC as ``2010-01-05T21:00:00Z``; whole seconds."""
    texts: list[str] = np.datetime_as_string(instants.astype("datetime64[s]"), timezone="UTC").tolist()
    return texts
