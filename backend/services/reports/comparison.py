"""Several runs side by side: what they were run with, what they earned, and whether that can be compared."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from backend.domain.record import Record
from backend.domain.results import METRIC_NAMES, BacktestRun
from backend.language import diff_specs
from backend.services.documents import diff_documents, run_document
from backend.services.reports.curves import curves_of
from backend.services.reports.periods import by_year

MATERIAL = ("symbols", "period", "timeframe", "data")
"""Settings that decide what was traded at all: results are comparable only where these are the same."""

SETTINGS = {
    "symbols": "Symbols",
    "period": "Period",
    "timeframe": "Timeframe",
    "data": "Data hash",
    "capital": "Capital",
    "commission_rate": "Commission rate",
    "commission_fixed": "Commission per order",
    "slippage": "Slippage",
    "whole_shares": "Whole shares",
    "profile": "Profile",
    "borrow_rate": "Borrow rate",
    "interest_rate": "Interest rate",
    "max_positions": "Positions at most",
    "engine": "Engine version",
}
"""How each setting is called, in the order in which it is shown."""


class Setting(Record):
    """One setting, a text for each run."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the runs do not agree on it."""
        return len(set(self.values)) > 1


class YearSideBySide(Record):
    """The return of each run in one calendar year; None where a run does not reach into it."""

    label: str
    returns: tuple[float | None, ...]


class Comparison(Record):
    """Runs beside the first of them.

    Attributes:
        run_ids: in the order stated.
        settings: all of them.
        differences: by metric, each later run less the first; None where either is undefined.
        years: every calendar year that one of the runs reaches into.
        reasons: why results cannot be compared, one sentence each; empty when they can.
    """

    run_ids: tuple[str, ...]
    settings: tuple[Setting, ...]
    differences: dict[str, tuple[float | None, ...]]
    years: tuple[YearSideBySide, ...]
    reasons: tuple[str, ...]


def comparison_document(runs: Sequence[BacktestRun]) -> dict[str, Any]:
    """Two runs or more side by side, and how the strategy of each later one differs from the first."""
    first, *others = runs
    return {
        "runs": [run_document(run) for run in runs],
        "diffs": diff_documents(
            [(first.run_id, other.run_id) for other in others], [diff_specs(first.spec, other.spec) for other in others]
        ),
        "comparison": compare_runs(runs).model_dump(mode="json"),
    }


def compare_runs(runs: Sequence[BacktestRun]) -> Comparison:
    """Two runs or more."""
    settings = _settings(runs)
    return Comparison(
        run_ids=tuple(run.run_id for run in runs),
        settings=tuple(settings.values()),
        differences={name: _differences(runs, name) for name in METRIC_NAMES},
        years=_years(runs),
        reasons=_reasons(runs, settings),
    )


def _settings(runs: Sequence[BacktestRun]) -> dict[str, Setting]:
    facts = [_facts(run) for run in runs]
    return {
        name: Setting(name=label, values=tuple(str(fact[name]) for fact in facts)) for name, label in SETTINGS.items()
    }


def _facts(run: BacktestRun) -> dict[str, Any]:
    execution = run.execution.model_dump(mode="json")
    facts = {**execution, **execution.pop("costs")}
    limit = execution["max_positions"]
    facts |= {"max_positions": "one a symbol" if limit is None else limit}
    facts |= {"whole_shares": "yes" if run.execution.whole_shares else "no"}
    period = f"{run.start} to {run.end}"
    return facts | {
        "symbols": ", ".join(run.symbols),
        "period": period,
        "timeframe": run.timeframe.value,
        "data": run.data_hash,
        "engine": run.engine_version,
    }


def _differences(runs: Sequence[BacktestRun], metric: str) -> tuple[float | None, ...]:
    first, *others = (getattr(run.metrics, metric) for run in runs)
    return tuple(None if first is None or other is None else other - first for other in others)


def _years(runs: Sequence[BacktestRun]) -> tuple[YearSideBySide, ...]:
    found = [{row.label: row.return_ for row in by_year(curves_of(run), run.trades)} for run in runs]
    labels = sorted(set().union(*found))
    return tuple(YearSideBySide(label=label, returns=tuple(years.get(label) for years in found)) for label in labels)


def _reasons(runs: Sequence[BacktestRun], settings: dict[str, Setting]) -> tuple[str, ...]:
    """The data hash also covers symbols and period, and what a strategy reads beside the prices that it trades.

    So it is named only where symbols and period are the same and buying and holding them was not.
    """
    differing = [name for name in MATERIAL if settings[name].differs]
    if differing == ["data"]:
        same = all(_same_prices(runs[0], run) for run in runs[1:])
        return () if same else ("The prices are not the same, although symbols, period and timeframe are.",)
    sentences = {
        "symbols": "The runs trade other symbols.",
        "period": "The runs cover other periods.",
        "timeframe": "The runs trade bars of other lengths.",
    }
    return tuple(sentences[name] for name in differing if name in sentences)


def _same_prices(first: BacktestRun, other: BacktestRun) -> bool:
    """Whether buy and hold grew alike; False where a run does not know."""
    growths = [np.array(run.benchmark_value) / run.execution.capital for run in (first, other)]
    if not growths[0].size or growths[0].size != growths[1].size:
        return False
    return bool(np.allclose(growths[0], growths[1], rtol=1e-9, atol=0.0))
