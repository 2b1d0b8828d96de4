"""The verdict with every check behind it, and the comparison with players without skill."""

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from backend.cli.render.format import MISSING, coloured, count, number, percent, ratio, signed_percent
from backend.cli.render.tables import table
from backend.domain.results import Metrics
from backend.domain.verdict import Check, Holdout, NullLeague, NullPlayer, Verdict

OUTCOMES = {
    "proven": ("green", "all required checks hold"),
    "unproven": ("yellow", "the targets hold on validation, but not every required check does"),
    "rejected": ("red", "no attempt met the targets"),
}

PLAYERS = (
    ("buy_and_hold", "Buy and hold, after costs"),
    ("random_entries", "Random entries"),
    ("random_search", "Random search"),
)


def verdict_panel(verdict: Verdict, subject: str, comparison: str = "") -> Panel:
    """The outcome in its colour with the reasons.

    Args:
        verdict: what was concluded.
        subject: names what was judged.
        comparison: the strategy beside buy and hold on the hold-out, from ``beside_the_market``.
    """
    colour, meaning = OUTCOMES[verdict.outcome]
    head = Text.assemble((verdict.outcome.upper(), f"bold {colour}"), f"  {meaning}")
    lines: list[RenderableType] = [head, Text(subject, style="dim")] if subject else [head]
    lines += [_bullet(reason) for reason in (*verdict.reasons, *([comparison] if comparison else []))]
    return Panel(Group(*lines), title=Text("Verdict"), title_align="left", border_style=colour, box=box.ROUNDED)


def beside_the_market(own: Metrics | None, league: NullLeague | None = None) -> str:
    """Return and Sharpe ratio on the hold-out beside buy and hold; empty where the hold-out was not opened.

    Without a league only the return of buy and hold is known, before costs.
    """
    if own is None:
        return ""
    told = f"On the hold-out: return {signed_percent(own.total_return)}, Sharpe {ratio(own.sharpe)}"
    held = league.buy_and_hold if league else None
    if held is None:
        return f"{told}; buy and hold, no costs: return {signed_percent(own.benchmark_return)}."
    return (
        f"{told}; buy and hold, after costs: return {signed_percent(held.total_return)}, Sharpe {ratio(held.sharpe)}."
    )


def checks_table(verdict: Verdict) -> Table:
    """One row a check, those that decide before those that inform."""
    grid = table("", "check", "", "value", "threshold", "note", numeric=("value", "threshold"), wrapped=("note",))
    for check in sorted(verdict.checks, key=lambda check: not check.required):
        name = Text(check.name.replace("_", " "), style="bold" if check.required else "")
        role = Text("required" if check.required else "informs", style="" if check.required else "dim")
        grid.add_row(_mark(check), name, role, number(check.value), number(check.threshold), check.note)
    return grid


def null_league_table(league: NullLeague, holdout: Holdout | None) -> Table:
    """The chosen strategy beside players without skill, all on the hold-out."""
    numeric = ("return", "Sharpe", "max drawdown", "draws", "beaten by it")
    grid = table("", *numeric, numeric=numeric)
    if holdout:
        own = holdout.metrics
        total = coloured(own.total_return, signed_percent(own.total_return))
        shown = (ratio(own.sharpe), percent(own.max_drawdown), MISSING, MISSING)
        grid.add_row(Text("This strategy", style="bold"), total, *shown)
    for name, label in PLAYERS:
        player: NullPlayer | None = getattr(league, name)
        if player is not None:
            grid.add_row(label, *_player(player))
    return grid


def _player(player: NullPlayer) -> tuple[Text | str, ...]:
    total = coloured(player.total_return, signed_percent(player.total_return))
    return total, ratio(player.sharpe), percent(player.max_drawdown), count(player.draws), percent(player.beaten)


def _mark(check: Check) -> Text:
    if check.passed is None:
        return Text(MISSING, style="dim")
    if check.passed:
        return Text("✓", style="green")
    return Text("✗", style="bold red" if check.required else "yellow")


def _bullet(reason: str) -> Table:
    """A reason whose further lines are set in."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_row("•", reason)
    return grid
