"""Puts the page together: tables, charts and words into one file that asks nobody for anything."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any

import jinja2
import numpy as np

from backend.domain.errors import InvalidInput
from backend.domain.periods import Period
from backend.domain.results import BacktestRun
from backend.domain.timeframes import Timeframe
from backend.services.reports.curves import Curves, curves_of, new_york_times
from backend.services.reports.page import formats, wording
from backend.services.reports.page.charts import (
    Band,
    Chart,
    band,
    deepest_band,
    drawdown_chart,
    equity_chart,
    exposure_chart,
)
from backend.services.reports.page.heat import LEVELS, full_shade, heat_rows
from backend.services.reports.page.metrics import key_figures, metric_rows
from backend.services.reports.page.price import MOST_CHARTS, price_charts
from backend.services.reports.page.readout import readout
from backend.services.reports.page.scale import dates_along
from backend.services.reports.tables import Tables, tables_of

LISTED_TRADES = 200
"""Trades shown at once; the others unfold."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

FILTERS = (
    formats.percent, formats.signed_percent, formats.number, formats.signed_money, formats.price, formats.units,
    formats.tone, formats.day, formats.minute,
)  # fmt: skip


def report_page(run: BacktestRun, periods: Sequence[tuple[str, Period]] = ()) -> str:
    """The report of a stored run as one HTML page: nothing in it is loaded from elsewhere.

    Args:
        run: the run.
        periods: names such as train, validation and hold-out with their periods, shaded behind the equity.

    Raises:
        InvalidInput: no equity is stored with the run.
    """
    if not run.equity_value:
        raise InvalidInput(f"No equity is stored with {run.run_id}.", "run it again, then export that run")
    curves = curves_of(run)
    tables = tables_of(run, curves)
    page = _environment().get_template("report.html")
    return page.render(
        run=run,
        tables=tables,
        policy=_policy(),
        listed=LISTED_TRADES,
        months=MONTHS,
        levels=range(1, LEVELS + 1),
        daily=run.timeframe is Timeframe.DAY,
        more_symbols=len(run.prices) > MOST_CHARTS,
        **_figures(run, tables),
        **_charts(run, curves, tables, periods),
        **_words(run),
    )


def _figures(run: BacktestRun, tables: Tables) -> dict[str, Any]:
    return {
        "figures": key_figures(run, tables),
        "metrics": metric_rows(run, tables),
        "heat": heat_rows(tables.years, tables.months),
        "strongest": full_shade(tables.months),
    }


def _charts(run: BacktestRun, curves: Curves, tables: Tables, periods: Sequence[tuple[str, Period]]) -> dict[str, Any]:
    dates = dates_along(new_york_times(curves.times))
    bands = (*_period_bands(curves, periods), *deepest_band(curves))
    stack: list[Chart | None] = [
        equity_chart(curves, dates, bands, _equity_in_words(run, tables)),
        drawdown_chart(curves, dates, f"The deepest fall is {formats.percent(run.metrics.max_drawdown)}."),
        exposure_chart(curves, dates, f"Held at {formats.percent(run.metrics.exposure)} of all closes."),
    ]
    return {
        "stack": [chart for chart in stack if chart is not None],
        "prices": price_charts(run, curves, dates),
        "readout": readout(curves, daily=run.timeframe is Timeframe.DAY),
        "named_periods": [(name, period) for name, period in periods],
    }


def _words(run: BacktestRun) -> dict[str, Any]:
    return {
        "strategy": wording.strategy_lines(run.spec, len(run.symbols)),
        "costs": wording.costs_text(run.execution.costs),
        "command": wording.command_line(run),
        "spec_file": wording.SPEC_FILE,
        "spec_json": wording.spec_document(run.spec),
    }


def _equity_in_words(run: BacktestRun, tables: Tables) -> str:
    earned = f"The strategy made {formats.signed_percent(run.metrics.total_return)}"
    if tables.benchmark is None:
        return f"{earned}."
    return f"{earned}, buy and hold {formats.signed_percent(tables.benchmark.total_return)}."


def _period_bands(curves: Curves, periods: Sequence[tuple[str, Period]]) -> tuple[Band, ...]:
    bands = []
    for place, (name, period) in enumerate(periods):
        first = int(np.searchsorted(curves.sessions, np.datetime64(period.start, "D"), side="left"))
        stop = int(np.searchsorted(curves.sessions, np.datetime64(period.end, "D"), side="right"))
        if stop > first:
            bands.append(band(f"period period-{place % 2}", first, stop, len(curves), name))
    return tuple(bands)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("backend.services.reports.page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False, "separators": (",", ":")}
    environment.filters |= {filter.__name__: filter for filter in FILTERS}
    return environment


@cache
def _policy() -> str:
    """A content security policy under which nothing but the page's own style and script does anything."""
    style, script = (_digest(name) for name in ("style.css", "readout.js"))
    own = f"style-src '{style}'; script-src '{script}'; img-src data:"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _digest(name: str) -> str:
    text = _environment().get_template(name).render()
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
