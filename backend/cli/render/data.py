"""What the store holds, and what warming, deleting and migrating did."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from backend.cli.render.format import MISSING, count, percent, span
from backend.cli.render.notices import notices_view
from backend.cli.render.tables import nothing_yet, section, table
from backend.domain.bots import Bot
from backend.domain.sources import IMPORTED
from backend.services.cleanup import Orphans
from backend.services.retention import Deleted
from backend.services.warming import Warmed

Row = Mapping[str, Any]

NOBODY = "nobody"
NAMED_AT_MOST = 5
"""Bots that are named in one sentence."""


def status_report(status: Mapping[str, Sequence[Row]]) -> RenderableType:
    """Prices, posts, datasets, what bots hold, replies of models, and what waits; one row each."""
    parts = [
        section("Prices", _bars(status["bars"])),
        section("Posts", _posts(status["posts"])),
        section("Datasets", _datasets(status["datasets"])),
        section("Held by bots", _bots(status["bots"])),
    ]
    if status["model_replies"]:
        parts.append(section("Replies of models", _replies(status["model_replies"])))
    if status["outbox"]:
        waiting = [f"{row['datasets']} datasets of session {row['session_id']}" for row in status["outbox"]]
        parts.append(section("Waiting to be stored", Text("\n".join(waiting))))
    return Group(*parts)


def _replies(rows: Sequence[Row]) -> RenderableType:
    numeric = ("replies", "characters")
    grid = table("model", *numeric, "from", "to", numeric=numeric, wrapped=("model",))
    for row in rows:
        grid.add_row(
            Text(row["model"]), count(row["replies"]), count(row["characters"]), row["first"][:10], row["last"][:10]
        )
    return grid


def warmed_table(results: Sequence[Warmed]) -> RenderableType:
    """One row a symbol, then what must be said."""
    numeric = ("bars", "fetched now")
    grid = table("", "symbol", "source", "from", "to", *numeric, "trouble", numeric=numeric, wrapped=("trouble",))
    for result in results:
        mark = Text("✗", style="bold red") if result.failed_reason else Text("✓", style="green")
        period = (str(result.start or MISSING), str(result.end or MISSING))
        counts = (count(result.bars), count(result.fetched_bars))
        grid.add_row(mark, result.symbol, result.source or MISSING, *period, *counts, result.failed_reason or "")
    notices = tuple(f"{result.symbol}: {notice}" for result in results for notice in result.notices)
    return Group(grid, section("Notices", notices_view(notices))) if notices else grid


def deleted_view(parts: Sequence[Deleted], bots: Sequence[Bot]) -> RenderableType:
    """How many bars were deleted, and which bots keep bars of their own."""
    lines = [f"{count(part.bars)} {_what(part)} deleted." for part in parts if part.bars or len(parts) == 1]
    if not lines:
        lines = ["There is nothing to delete."]
    elif bots:
        named = ", ".join(f"{bot.bot_id} ({bot.name})" for bot in bots[:NAMED_AT_MOST])
        more = f" and {len(bots) - NAMED_AT_MOST} more" if len(bots) > NAMED_AT_MOST else ""
        lines.append(f"Kept for bots, whatever is deleted: the bars that {named}{more} {_were(bots)} tested on.")
    return Text("\n".join(lines))


def cleanup_view(found: Orphans) -> RenderableType:
    """Which datasets nobody uses, and whether they were deleted."""
    before = found.stored_before.date().isoformat()
    if not found.datasets:
        return nothing_yet(f"No dataset that was stored before {before} is without a bot or a running session.")
    numeric = ("sessions",)
    grid = table("dataset", "symbol", "channel", "source", "period", *numeric, numeric=numeric)
    for link in found.datasets:
        period = span(link.start, link.end)
        grid.add_row(link.id, link.symbol, link.channel, link.provider, period, count(link.total_days))
    total = len(found.datasets)
    told = f"{total} would be deleted; add --apply to do it." if found.deleted is None else f"{found.deleted} deleted."
    return Group(grid, Text("\n" + told))


def migration_view(applied: Sequence[str], push: str) -> RenderableType:
    """Which steps were applied, or the command with which a hosted project takes them."""
    if push:
        return Text(
            f"A Supabase project takes its schema from its own tool. In the folder of Backproof, run:\n  {push}"
        )
    if not applied:
        return Text("The database is up to date.")
    noun = "step" if len(applied) == 1 else "steps"
    return Text(f"{len(applied)} {noun} applied: {', '.join(applied)}.")


def _bars(rows: Sequence[Row]) -> RenderableType:
    if not rows:
        return nothing_yet("Nothing stored yet; what a request needs is fetched and kept.")
    numeric = ("bars", "missing")
    columns = ("symbol", "bars of", "source", "from", "to", *numeric, "complete")
    grid = table(*columns, numeric=numeric, wrapped=("complete",), tight=True)
    for row in rows:
        shown = (row[name] for name in ("symbol", "timeframe", "source", "start", "end"))
        grid.add_row(*shown, count(row["bars"]), count(row["sessions_missing"]), _complete(row))
    return grid


def _complete(row: Row) -> str:
    """The stretches within which every session was fetched, unless they are the whole series."""
    stretches = row["covered"]
    if any(part["start"] <= row["start"] and row["end"] <= part["end"] for part in stretches):
        return "whole"
    return ", ".join(f"{part['start']} to {part['end']}" for part in stretches)


def _posts(rows: Sequence[Row]) -> RenderableType:
    if not rows:
        return nothing_yet("Nothing stored yet; import with `backproof data import posts FILE`.")
    grid = table(
        "symbol", "channel", "source", "from", "to", "posts", "complete", numeric=("posts",), wrapped=("complete",)
    )
    for row in rows:
        shown = (row[name] for name in ("symbol", "channel", "provider", "start", "end"))
        grid.add_row(*shown, count(row["posts"]), _known(row))
    return grid


def _known(row: Row) -> str:
    """Where no post is missing: between the visits of a collector, or in each of the files that do not meet."""
    if row["provider"] == IMPORTED:
        files = [f"{first[:10]} to {last[:10]}" for first, last in row["seen"]]
        return ", ".join(files) if len(files) > 1 else "as imported"
    return ", ".join(f"{first[:16]} to {last[:16]}".replace("T", " ") for first, last in row["seen"]) or "whole"


def _datasets(rows: Sequence[Row]) -> RenderableType:
    if not rows:
        return nothing_yet("None yet; a session that reads sentiment makes them.")
    grid = table(
        "dataset", "symbol", "channel", "source", "from", "to", "fetched", "used by", numeric=("fetched",),
        wrapped=("used by",),
    )  # fmt: skip
    for row in rows:
        shown = (row[name] for name in ("id", "symbol", "channel", "provider", "start", "end"))
        users = ", ".join((*row["bots"], *row["sessions"])) or NOBODY
        grid.add_row(*shown, percent(row["coverage"]), users)
    return grid


def _bots(rows: Sequence[Row]) -> RenderableType:
    if not rows:
        return nothing_yet("No bots yet.")
    grid = table("bot", "name", "bars of", "datasets", numeric=("datasets",), wrapped=("name",))
    for row in rows:
        grid.add_row(row["bot_id"], row["name"], ", ".join(row["symbols"]), count(len(row["datasets"])))
    return grid


def _what(part: Deleted) -> str:
    words = [f"{part.timeframe} bars" if part.timeframe else "bars"]
    words += [f"of {part.symbol}"] if part.symbol else []
    words += [f"before {part.before}"] if part.before else []
    return " ".join(words)


def _were(bots: Sequence[Bot]) -> str:
    return "was" if len(bots) == 1 else "were"
