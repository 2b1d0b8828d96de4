"""The table of iterations, while they run and afterwards."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from backend.cli.render.format import MISSING, count, plain
from backend.cli.render.metrics import metric_text
from backend.cli.render.notices import notices_view
from backend.cli.render.progress import AttemptRow, Progress
from backend.domain.results import Metrics

COLUMNS = {"#": 3, "trials": 7}
TRAIN = {
    "sharpe": ("Sharpe", 8),
    "total_return": ("return", 12),
    "max_drawdown": ("max DD", 9),
    "trades": ("trades", 8),
}
VALIDATION = {"sharpe": ("Sharpe", 9), "total_return": ("return", 12), "max_drawdown": ("max DD", 9)}
"""Headings and widths in characters; with a fixed width, numbers stay below each other from row to row."""
MET = "✓"
LONGEST_NAME = 80
SET_IN = 5
"""Columns before the line that describes an attempt."""


def attempts_table(rows: Sequence[AttemptRow], chosen: int | None = None) -> RenderableType:
    """Two lines an attempt: its numbers on train and validation, then what it is and what held it back.

    Args:
        rows: the attempts in order.
        chosen: number of the attempt to mark.
    """
    parts: list[RenderableType] = [_heading(), Text("─" * _width(), style="dim")]
    for row in rows:
        parts += [_numbers(row, marked=row.n == chosen), Padding(_description(row), (0, 0, 0, SET_IN - len(MET) - 1))]
    if rows:
        parts.append(_legend(rows))
    return Group(*parts)


def _legend(rows: Sequence[AttemptRow]) -> Text:
    """What the mark and the last words of a line are about."""
    judged = [row.meets_targets for row in rows if row.meets_targets is not None]
    met = f"{MET} meets every target on validation" if any(judged) else "No attempt meets every target on validation"
    held = "what held an attempt back was seen on train"
    return Text(f"{met}; {held}." if judged else f"{held[:1].upper()}{held[1:]}.", style="dim")


def live_view(progress: Progress, rows_at_most: int, spinner: Spinner) -> RenderableType:
    """A running session: goal, data, notices, the last attempts, and what it is busy with beside ``spinner``."""
    parts: list[RenderableType] = []
    if progress.goal:
        parts.append(Text.assemble(("Goal  ", "bold"), progress.goal))
    parts += [Text.assemble(("Data  ", "bold"), line) for line in progress.datasets]
    parts.append(notices_view(progress.notices))
    if progress.attempts:
        parts += [Text(""), attempts_table(progress.attempts[-rows_at_most:]), Text("")]
    if progress.doing:
        spinner.update(text=Text(progress.doing, style="dim"))
        parts.append(spinner)
    return Group(*parts)


def _heading() -> Table:
    grid = _grid()
    train, validation = Text("train", style="bold cyan"), Text("validation", style="bold magenta")
    grid.add_row("", "", "", train, "", "", "", validation, "")
    headings = [heading for heading, _ in (*TRAIN.values(), *VALIDATION.values())]
    grid.add_row(*(Text(heading, style="bold") for heading in (*COLUMNS, *headings)))
    return grid


def _numbers(row: AttemptRow, *, marked: bool) -> Table:
    number = Text(f"▸{row.n}", style="bold green") if marked else Text(str(row.n))
    trials = MISSING if row.trials is None else count(row.trials)
    periods = ((row.train, TRAIN), (row.validation, VALIDATION))
    grid = _grid()
    grid.add_row(number, trials, *(_metric(metrics, name) for metrics, names in periods for name in names))
    return grid


def _metric(metrics: Metrics | None, name: str) -> Text:
    return metric_text(metrics, name) if metrics else Text("")


def _description(row: AttemptRow) -> Text:
    mark = f"{MET} " if row.meets_targets else " " * (len(MET) + 1)
    text = Text.assemble((mark, "bold green"), (plain(row.name, LONGEST_NAME), ""))
    if row.family:
        text.append(f" · {row.family}", style="dim")
    if row.by_model:
        text.append(" · by the model", style="cyan")
    if row.failed_reason:
        return text.append(f" · failed: {plain(row.failed_reason)}", style="red")
    if row.diagnosis:
        text.append(f" · {row.diagnosis}", style="dim italic")
    return text


def _grid() -> Table:
    grid = Table.grid()
    for width in _widths():
        grid.add_column(justify="right", width=width, no_wrap=True)
    return grid


def _widths() -> list[int]:
    return [*COLUMNS.values(), *(width for _, width in (*TRAIN.values(), *VALIDATION.values()))]


def _width() -> int:
    return sum(_widths())
