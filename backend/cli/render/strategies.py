"""Strategies that are kept by name, and what was found out about a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from backend.cli.render.format import moment
from backend.cli.render.notices import notices_view
from backend.cli.render.spec import spec_view
from backend.cli.render.tables import facts, section, table
from backend.domain.spec import StrategySpec
from backend.domain.strategies import SavedStrategy
from backend.services.strategies import strategy_findings


def strategy_report(spec: StrategySpec, found: Mapping[str, Any]) -> RenderableType:
    """The strategy as it was understood; ``found`` holds canonical lines, hash, warm-up, channels and notices."""
    return Group(Text("Valid.", style="bold green"), *_sections(spec, found))


def strategy_view(strategy: SavedStrategy) -> RenderableType:
    """A strategy in full, with its id."""
    return Group(*_sections(strategy.spec, strategy_findings(strategy.spec), _kept(strategy)))


def strategies_table(lines: Sequence[Mapping[str, Any]]) -> RenderableType:
    """One row a strategy, with the idea behind it."""
    grid = table("strategy", "name", "reads", "idea", wrapped=("name", "idea"))
    for line in lines:
        reads = ", ".join(("prices", *line["channels"]))
        grid.add_row(line["strategy_id"], Text(line["name"]), reads, Text(_first_sentence(line["rationale"])))
    return grid


def _sections(
    spec: StrategySpec, found: Mapping[str, Any], kept: Sequence[tuple[str, str]] = ()
) -> list[RenderableType]:
    rows = [
        *kept,
        ("strategy hash", found["spec_hash"]),
        ("warm-up", f"{found['warmup']} bars"),
        ("reads", ", ".join(("prices", *found["channels"]))),
    ]
    parts = [
        section("Strategy", spec_view(spec)),
        section("What it does, with its numbers put in", Text("\n".join(found["canonical"]))),
        section("Facts", facts(rows)),
    ]
    return parts + ([section("Notices", notices_view(tuple(found["notices"])))] if found["notices"] else [])


def _kept(strategy: SavedStrategy) -> list[tuple[str, str]]:
    if strategy.created_at is None:
        return [("id", strategy.strategy_id), ("from", "comes with Backproof")]
    return [("id", strategy.strategy_id), ("added (UTC)", moment(strategy.created_at))]


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].removesuffix(".")
