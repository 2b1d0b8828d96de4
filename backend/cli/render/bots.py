"""Saved bots: one in full, all as a list."""

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from backend.cli.render.format import MISSING, moment, percent, ratio
from backend.cli.render.metrics import metrics_table
from backend.cli.render.notices import notices_view
from backend.cli.render.session import datasets_table
from backend.cli.render.spec import spec_view
from backend.cli.render.tables import facts, nothing_yet, section, table
from backend.cli.render.verdict import beside_the_market, checks_table, verdict_panel
from backend.domain.bots import Bot, BotChange


def bot_report(bot: Bot, changes: Sequence[BotChange] = ()) -> RenderableType:
    """The verdict that it was saved with, everything needed to reproduce it, and what has changed since."""
    parts: list[RenderableType] = [section("Strategy", spec_view(bot.spec))]
    columns = [("train", bot.metrics.train), ("validation", bot.metrics.validation), ("hold-out", bot.metrics.holdout)]
    parts.append(section("Results", metrics_table(columns)))
    if bot.datasets:
        parts.append(section("Sentiment datasets", datasets_table(bot.datasets)))
    rows = [("id", bot.bot_id), ("session", bot.session_id), ("symbols", ", ".join(bot.symbols))]
    rows += [("strategy hash", bot.spec_hash), ("data hash", bot.data_hash), ("engine", bot.engine_version)]
    parts.append(section("Bot", facts([*rows, ("saved (UTC)", moment(bot.created_at))])))
    parts.append(section("Checks", checks_table(bot.verdict)))
    if bot.notices:
        parts.append(section("Notices", notices_view(bot.notices)))
    if changes:
        parts.append(section("Changed since it was saved", notices_view(tuple(change.note for change in changes))))
    comparison = beside_the_market(bot.metrics.holdout)
    return Group(*parts, Text(""), verdict_panel(bot.verdict, f"{bot.name}: {bot.spec.name}", comparison))


def bots_table(bots: tuple[Bot, ...], changes: Mapping[str, Sequence[BotChange]]) -> RenderableType:
    """One row a bot with what has changed since it was saved; its numbers are of the hold-out."""
    if not bots:
        return nothing_yet("No bots yet; keep a finished session with `backproof bots save SESSION --name NAME`.")
    numeric = ("Sharpe", "max DD")
    marked = ("changed since",) if any(changes.values()) else ()
    columns = ("bot", "name", "symbols", "verdict", *numeric, "saved", *marked)
    grid = table(*columns, numeric=numeric, wrapped=("name",))
    for bot in bots:
        held = bot.metrics.holdout
        shown = ratio(held.sharpe if held else None), percent(held.max_drawdown if held else None)
        symbols = ", ".join(bot.symbols)
        changed = (_kinds(changes.get(bot.bot_id, ())),) * len(marked)
        saved = bot.created_at.date().isoformat()
        grid.add_row(bot.bot_id, bot.name, symbols, bot.verdict.outcome, *shown, saved, *changed)
    return grid


def _kinds(changes: Sequence[BotChange]) -> str:
    return ", ".join(dict.fromkeys(change.kind.replace("_", " ") for change in changes)) or MISSING
