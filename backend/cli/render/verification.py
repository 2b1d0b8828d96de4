"""What came of verifying a bot."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from backend.cli.render.format import MISSING
from backend.cli.render.tables import section, table
from backend.domain.verification import MetricDifference, PinCheck, Verification

OUTCOMES = {
    "reproduced": ("green", "every number of this bot came out again, bit for bit"),
    "changed": ("red", "not every number of this bot came out again"),
}


def verification_report(found: Verification) -> RenderableType:
    """Everything that was compared, then what differs, then the outcome with its reasons."""
    parts: list[RenderableType] = [section("Compared", _checks(found.checks))]
    if found.differences:
        parts.append(section("Numbers that differ", _differences(found.differences)))
    return Group(*parts, Text(""), _outcome(found))


def _checks(checks: Sequence[PinCheck]) -> Table:
    grid = table("", "what", "stored", "found", wrapped=("what", "stored", "found"))
    for check in checks:
        mark = Text("✓", style="green") if check.same else Text("✗", style="bold red")
        grid.add_row(mark, check.what, check.stored, "the same" if check.same else check.found or MISSING)
    return grid


def _differences(differences: Sequence[MetricDifference]) -> Table:
    grid = table("period", "metric", "stored", "found", numeric=("stored", "found"))
    for difference in differences:
        values = (MISSING if value is None else repr(value) for value in (difference.stored, difference.found))
        grid.add_row(difference.period, difference.metric, *values)
    return grid


def _outcome(found: Verification) -> Panel:
    colour, meaning = OUTCOMES[found.outcome]
    head = Text.assemble((found.outcome.upper(), f"bold {colour}"), f"  {meaning}")
    lines: list[RenderableType] = [head, Text(f"{found.name} ({found.bot_id})", style="dim")]
    lines += [Text(f"• {_reason(check)}") for check in found.checks if not check.same]
    return Panel(Group(*lines), title=Text("Verification"), title_align="left", border_style=colour)


def _reason(check: PinCheck) -> str:
    if check.what == "engine version":
        return (
            f"The engine has version {check.found}, and the bot was tested with {check.stored}; that explains the rest."
        )
    if check.found is None:
        return f"{check.what[:1].upper()}{check.what[1:]}: {check.note}"
    return f"{check.what[:1].upper()}{check.what[1:]}: {check.note or 'not what was stored'}."
