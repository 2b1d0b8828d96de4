"""What an import took, and what it refused."""

from rich.console import Group, RenderableType
from rich.text import Text

from backend.cli.render.format import count
from backend.cli.render.notices import notices_view
from backend.cli.render.tables import section, table
from backend.services.imports import ImportReport


def import_view(report: ImportReport) -> RenderableType:
    """What was taken by symbol and series, then what was refused and why."""
    counted = f"{count(report.rows_taken)} rows taken: {count(report.rows_new)} new, "
    known = "in place of those stored before" if report.kind == "prices" else "already there"
    counted += f"{count(report.rows_already_stored)} {known}; {count(report.rows_refused)} refused"
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
