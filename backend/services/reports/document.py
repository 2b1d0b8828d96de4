"""Everything about one run as one JSON document."""

from typing import Any

from backend.domain.results import BacktestRun
from backend.services.documents import run_document
from backend.services.reports.curves import curves_of
from backend.services.reports.tables import tables_of


def full_document(run: BacktestRun) -> dict[str, Any]:
    """The documented keys of a run with its trades, then every table and every line.

    ``equity`` has one value for each moment in each of its lists; ``benchmark`` and ``exposure`` are null where the
    run has none, and ``drawdown`` is a positive fraction of the highest equity so far.
    """
    curves = curves_of(run)
    tables = tables_of(run, curves).model_dump(mode="json", by_alias=True)
    kept = run.model_dump(mode="json", include={"equity_time", "financing"})
    equity = {
        "time": kept["equity_time"],
        "value": list(run.equity_value),
        "benchmark": list(run.benchmark_value) or None,
        "exposure": list(run.exposure_value) or None,
        "drawdown": curves.drawdown.tolist(),
    }
    return run_document(run, trades=True) | {"financing": kept["financing"]} | tables | {"equity": equity}
