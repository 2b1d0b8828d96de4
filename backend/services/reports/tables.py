"""Every table about one run, worked out together."""

from backend.domain.record import Record
from backend.domain.results import BacktestRun
from backend.services.reports.benchmark import LineResult, benchmark_result
from backend.services.reports.contribution import Contribution, contributions
from backend.services.reports.curves import Curves, curves_of
from backend.services.reports.drawdowns import DEEPEST, Drawdown, drawdowns
from backend.services.reports.exposure import ExposureSummary, exposure_summary
from backend.services.reports.periods import PeriodResult, by_month, by_year


class Tables(Record):
    """What a run did by time, by drawdown and by symbol; ``drawdowns`` are the deepest ones."""

    years: tuple[PeriodResult, ...]
    months: tuple[PeriodResult, ...]
    drawdowns: tuple[Drawdown, ...]
    exposure: ExposureSummary | None
    contributions: tuple[Contribution, ...]
    benchmark: LineResult | None


def tables_of(run: BacktestRun, curves: Curves | None = None) -> Tables:
    """The tables of a stored run; ``curves`` are its lines, if they are at hand."""
    lines = curves or curves_of(run)
    return Tables(
        years=by_year(lines, run.trades),
        months=by_month(lines, run.trades),
        drawdowns=drawdowns(lines)[:DEEPEST],
        exposure=exposure_summary(lines),
        contributions=contributions(run),
        benchmark=benchmark_result(lines, run.timeframe, run.execution.interest_rate),
    )
