"""Metrics side by side, one column a period or run."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from backend.cli.render.format import Formatter, coloured, count, money, percent, ratio, signed_percent
from backend.cli.render.tables import table
from backend.domain.figures import METRIC_HEADINGS, METRIC_UNITS, MetricUnit
from backend.domain.results import Metrics

WRITERS: dict[MetricUnit, Formatter] = {
    "share": percent, "signed": signed_percent, "ratio": ratio, "count": count, "days": count, "money": money,
}  # fmt: skip

FORMATS: dict[str, tuple[str, Formatter]] = {
    name: (label, WRITERS[METRIC_UNITS[name]]) for name, label in METRIC_HEADINGS.items()
}
"""How each metric is named and written."""


def metrics_table(columns: Sequence[tuple[str, Metrics | None]]) -> Table:
    """One row a metric; a column without metrics is dashed."""
    headings = [heading for heading, _ in columns]
    grid = table("", *headings, numeric=headings)
    for name, (label, _) in FORMATS.items():
        grid.add_row(label, *(metric_text(metrics, name) for _, metrics in columns))
    return grid


def metric_text(metrics: Metrics | None, name: str) -> Text:
    """One metric; returns are coloured by their sign."""
    value = getattr(metrics, name) if metrics else None
    write = FORMATS[name][1]
    return coloured(value, write(value)) if write is signed_percent else Text(write(value))
