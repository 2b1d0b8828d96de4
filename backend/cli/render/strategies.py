"""What was found out about a strategy file."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from backend.cli.render.notices import notices_view
from backend.cli.render.spec import spec_view
from backend.cli.render.tables import facts, section
from backend.domain.spec import StrategySpec


def strategy_report(spec: StrategySpec, found: Mapping[str, Any]) -> RenderableType:
    """The strategy as it was understood; ``found`` holds canonical lines, hash, warm-up, channels and notices."""
    rows = [
        ("strategy hash", found["spec_hash"]),
        ("warm-up", f"{found['warmup']} bars"),
        ("reads", ", ".join(("prices", *found["channels"]))),
    ]
    parts: list[RenderableType] = [
        Text("Valid.", style="bold green"),
        section("Strategy", spec_view(spec)),
        section("What it does, with its numbers put in", Text("\n".join(found["canonical"]))),
        section("Facts", facts(rows)),
    ]
    if found["notices"]:
        parts.append(section("Notices", notices_view(tuple(found["notices"]))))
    return Group(*parts)
