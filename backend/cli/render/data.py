"""What the store holds, and what an import took."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType

from backend.cli.render.format import count
from backend.cli.render.tables import nothing_yet, section, table

Row = Mapping[str, Any]


def status_report(status: Mapping[str, Sequence[Row]]) -> RenderableType:
    """Stored bars and posts, one row a series."""
    return Group(section("Prices", _bars(status["bars"])), section("Posts", _posts(status["posts"])))


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
