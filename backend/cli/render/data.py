"""What the store holds, and what an import took."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from backend.cli.render.format import count
from backend.cli.render.notices import notices_view
from backend.cli.render.tables import nothing_yet, section, table
from backend.services.imports import ImportReport

Row = Mapping[str, Any]


def status_report(status: Mapping[str, Sequence[Row]]) -> RenderableType:
    """Stored bars and posts, one row a series."""
    return Group(section("Prices", _bars(status["bars"])), section("Posts", _posts(status["posts"])))


def import_view(report: ImportReport) -> RenderableType:
    """What was taken by symbol and series, then what was refused and why."""
    counted = f"{count(report.rows_taken)} rows taken: {count(report.rows_new)} new, "
    counted += f"{count(report.rows_already_stored)} already there; {count(report.rows_refused)} refused"
    parts: list[RenderableType] = [Text(f"{report.file}: {counted}.", style="bold"), section("Taken", _taken(report))]
    if report.refused:
        parts.append(section("Refused", _refused(report)))
    if report.notices:
        parts.append(section("Notices", notices_view(report.notices)))
    return Group(*parts)


def _taken(report: ImportReport) -> RenderableType:
    grid = table("symbol", "bars of" if report.kind == "prices" else "channel", "from", "to", "rows", numeric=("rows",))
    for entry in report.taken:
        grid.add_row(entry.symbol, entry.series, str(entry.start), str(entry.end), count(entry.rows))
    return grid


def _refused(report: ImportReport) -> RenderableType:
    grid = table("rows", "why", "e.g. lines", numeric=("rows",), wrapped=("why",))
    for refusal in report.refused:
        grid.add_row(count(refusal.rows), refusal.reason, ", ".join(map(str, refusal.lines)))
    return grid


def _bars(rows: Sequence[Row]) -> RenderableType:
    if not rows:
        return nothing_yet("Nothing stored yet; what a request needs is fetched and kept.")
    grid = table("symbol", "bars of", "source", "from", "to", "bars", numeric=("bars",))
    for row in rows:
        shown = row["symbol"], row["timeframe"], row["source"], str(row["start"]), str(row["end"])
        grid.add_row(*map(str, shown), count(row["bars"]))
    return grid


def _posts(rows: Sequence[Row]) -> RenderableType:
    if not rows:
        return nothing_yet("Nothing stored yet; import with `backproof data import posts FILE`.")
    grid = table("symbol", "channel", "source", "from", "to", "posts", numeric=("posts",))
    for row in rows:
        shown = row["symbol"], row["channel"], row["provider"], str(row["start"]), str(row["end"])
        grid.add_row(*map(str, shown), count(row["posts"]))
    return grid
