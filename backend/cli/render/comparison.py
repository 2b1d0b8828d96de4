"""Several direct backtests side by side, the first one as the measure of the others."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backend.cli.render.format import MISSING, coloured, count, money, ratio, signed_percent
from backend.cli.render.metrics import FORMATS, metric_text
from backend.cli.render.notices import notices_view
from backend.cli.render.tables import facts, section, table
from backend.domain.results import BacktestRun
from backend.services.reports.comparison import Comparison

NOT_COMPARABLE = "These results cannot be compared as they stand; the differences say little about the strategies."


def comparison_view(
    runs: Sequence[BacktestRun], compared: Comparison, diffs: Sequence[tuple[str, Sequence[str]]]
) -> RenderableType:
    """Whether they can be compared, what differs in settings, metrics, years, and in the strategy.

    Args:
        runs: in the order stated.
        compared: the same runs in the same order.
        diffs: a title and its lines for each run after the first.
    """
    parts: list[RenderableType] = [facts([(run.run_id, run.spec.name) for run in runs])]
    if compared.reasons:
        parts.append(section("Not comparable", notices_view((*compared.reasons, NOT_COMPARABLE))))
    parts.append(section("Settings that differ", _settings(compared)))
    parts.append(section("Results", _metrics(runs, compared)))
    if compared.years:
        parts.append(section("Years", _years(compared)))
    parts += [section(title, diff_view(lines)) for title, lines in diffs]
    return Group(*parts)


def diff_view(lines: Sequence[str]) -> Text:
    """Lines that were added in green, those that went in red."""
    if not lines:
        return Text("the same strategy", style="dim")
    styles = {"+": "green", "-": "red"}
    return Text("\n").join(Text(line, style=styles.get(line[:1], "")) for line in lines)


def _settings(compared: Comparison) -> RenderableType:
    differing = [setting for setting in compared.settings if setting.differs]
    if not differing:
        return Text("none: the same symbols, period, data, costs and engine", style="dim")
    grid = table("", *compared.run_ids, wrapped=compared.run_ids)
    for setting in differing:
        grid.add_row(setting.name, *setting.values)
    return grid


def _metrics(runs: Sequence[BacktestRun], compared: Comparison) -> Table:
    """Each run with its difference from the first behind it."""
    first, *others = compared.run_ids
    columns = [first, *(column for run_id in others for column in (run_id, "change"))]
    grid = table("", *columns, numeric=columns, tight=len(others) > 1)
    for name, (label, _) in FORMATS.items():
        cells = [metric_text(runs[0].metrics, name)]
        for run, difference in zip(runs[1:], compared.differences[name], strict=True):
            cells += [metric_text(run.metrics, name), Text(_change(name, difference), style="dim")]
        grid.add_row(label, *cells)
    return grid


def _years(compared: Comparison) -> Table:
    grid = table("year", *compared.run_ids, numeric=compared.run_ids)
    for year in compared.years:
        grid.add_row(year.label, *(coloured(value, signed_percent(value)) for value in year.returns))
    return grid


def _change(metric: str, difference: float | None) -> str:
    """With its sign; a difference of percentages in percentage points."""
    if difference is None:
        return MISSING
    write = FORMATS[metric][1]
    if write in (money, ratio):
        text = ratio(difference)
    elif write is count:
        text = count(difference)
    else:
        text = signed_percent(difference).replace("%", "pp")
    return text if text[0] in "+-" or not difference else f"+{text}"
