"""The report of a session: everything behind the verdict, then the verdict, which is what a reader is left with."""

from collections.abc import Collection, Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from backend.cli.render.attempts import attempts_table
from backend.cli.render.events import goal_line
from backend.cli.render.format import count, moment, number, percent, plain, span
from backend.cli.render.metrics import metrics_table
from backend.cli.render.models import comment_view, model_rows
from backend.cli.render.notices import notices_view
from backend.cli.render.progress import AttemptRow
from backend.cli.render.sparkline import sparkline
from backend.cli.render.spec import spec_view, terms_rows
from backend.cli.render.tables import facts, nothing_yet, section, table
from backend.cli.render.turns import turns_table
from backend.cli.render.verdict import beside_the_market, checks_table, null_league_table, verdict_panel
from backend.domain.periods import Periods
from backend.domain.sentiment import DatasetLink
from backend.domain.session_lines import ListedSession, SessionLine, UnreadableSession
from backend.domain.sessions import Attempt, Session

CURVE_WIDTH = 40
LONGEST_REASON = 1_000
INTERRUPTED = "interrupted"
STATUS_STYLES = {
    "done": "green", "running": "cyan", "needs_input": "yellow", "cancelled": "yellow", "failed": "red",
    INTERRUPTED: "yellow",
}  # fmt: skip


def session_report(session: Session, attempts: tuple[Attempt, ...], *, interrupted: bool = False) -> RenderableType:
    """Everything that is known of a session, whatever its status; one ``interrupted`` says how to go on."""
    chosen = next((attempt for attempt in attempts if attempt.attempt_id == session.chosen), None)
    parts: list[RenderableType] = []
    if attempts:
        rows = [AttemptRow.of(attempt, session.goal) for attempt in attempts]
        parts.append(section("Attempts", attempts_table(rows, chosen.n if chosen else None)))
    if chosen:
        parts.append(section("Strategy", Group(spec_view(chosen.tested), *comment_view(chosen))))
        parts.append(section("Results", _results(session, chosen)))
    if session.null_league:
        title = "Compared with players without skill, on the hold-out"
        parts.append(section(title, null_league_table(session.null_league, session.holdout)))
    if session.datasets:
        parts.append(section("Sentiment datasets", datasets_table(session.datasets)))
    if len(session.turns) > 1:
        parts.append(section("Conversation", turns_table(session)))
    parts.append(section("Session", _facts(session, chosen)))
    if session.verdict:
        parts.append(section("Checks", checks_table(session.verdict)))
    if session.notices:
        parts.append(section("Notices", notices_view(session.notices)))
    return Group(*parts, Text(""), _interrupted(session) if interrupted else _outcome(session, attempts, chosen))


def sessions_table(sessions: Sequence[ListedSession], interrupted: Collection[str] = ()) -> RenderableType:
    """One row a session, below them what cannot be read; ``interrupted`` names those that no process runs any more."""
    if not sessions:
        return nothing_yet('No sessions yet; begin with `backproof iterate "..."`.')
    grid = table("session", "begun (UTC)", "status", "verdict", "request", wrapped=("request",))
    for line in sessions:
        if isinstance(line, SessionLine):
            shown = INTERRUPTED if line.session_id in interrupted else line.status
            status = Text(shown, style=STATUS_STYLES[shown])
            grid.add_row(line.session_id, moment(line.created_at), status, line.outcome or "", plain(line.request))
    unreadable = tuple(line.reason for line in sessions if isinstance(line, UnreadableSession))
    return Group(grid, notices_view(unreadable)) if unreadable else grid


def datasets_table(datasets: tuple[DatasetLink, ...]) -> Table:
    """What each dataset covers."""
    numeric = ("sessions", "with posts", "fetched")
    grid = table("symbol", "channel", "source", "period", *numeric, numeric=numeric, tight=True)
    for link in datasets:
        counts = count(link.total_days), count(link.days_with_data), percent(link.coverage)
        period = span(link.start, link.end)
        grid.add_row(link.symbol, link.channel, link.provider, period, *counts)
    return grid


def _outcome(session: Session, attempts: tuple[Attempt, ...], chosen: Attempt | None) -> RenderableType:
    if session.verdict:
        subject = f"{chosen.title}: attempt {chosen.n} of {len(attempts)}" if chosen else ""
        held = session.holdout.metrics if session.holdout else None
        return verdict_panel(session.verdict, subject, beside_the_market(held, session.null_league))
    again = f"Everything finished is kept; go on with `backproof sessions resume {session.session_id}`."
    title, text = {
        "needs_input": ("One question first", session.question),
        "failed": ("Failed", f"{plain(session.failed_reason or 'It failed.', LONGEST_REASON)}\n{again}"),
        "cancelled": ("Cancelled", "Everything finished is kept; the session can be resumed."),
    }.get(session.status, ("Running", "There is no verdict yet."))
    style = STATUS_STYLES[session.status]
    return Panel(Text(text or ""), title=Text(title), title_align="left", border_style=style)


def _interrupted(session: Session) -> RenderableType:
    text = f"No process runs it any more.\nGo on with `backproof sessions resume {session.session_id}`."
    return Panel(Text(text), title=Text("Interrupted"), title_align="left", border_style=STATUS_STYLES[INTERRUPTED])


def _results(session: Session, chosen: Attempt) -> RenderableType:
    holdout = session.holdout.metrics if session.holdout else None
    columns = [("train", chosen.train), ("validation", chosen.validation), ("hold-out", holdout)]
    grid = metrics_table(columns)
    return Group(_curves(session.periods, session, chosen), Text(""), grid) if session.periods else grid


def _curves(periods: Periods, session: Session, chosen: Attempt) -> Table:
    """The periods, each with the course of the equity; every one starts anew with the whole capital."""
    held_out = session.holdout.growth if session.holdout else ()
    curves = (chosen.train_growth, chosen.validation_growth, held_out)
    named = (("train", periods.train), ("validation", periods.validation), ("hold-out", periods.holdout))
    rows = [
        (name, f"{span(period.start, period.end)}  {sparkline(curve, CURVE_WIDTH)}")
        for (name, period), curve in zip(named, curves, strict=True)
    ]
    return facts(rows)


def _facts(session: Session, chosen: Attempt | None) -> Table:
    rows: list[tuple[str, str]] = [("id", session.session_id), ("request", session.request.text)]
    rows += [("goal", goal_line(session.goal.model_dump(mode="json")))] if session.goal else []
    rows += [("continues", session.continues)] if session.continues else []
    rows += [("strategist", session.strategist), *model_rows(session), ("seed", str(session.request.seed))]
    if session.trials:
        worth = number(round(session.effective_trials, 1))
        rows.append(("trials", f"{count(session.trials)}, worth {worth} independent"))
    if session.holdout:
        held = session.holdout
        rows.append(("hold-out", f"{_look(held.openings)}; p {held.p_value:.4f}, adjusted {held.p_value_adjusted:.4f}"))
    rows += terms_rows(session.request.execution)
    rows += [("strategy hash", chosen.spec_hash)] if chosen else []
    rows += [("data hash", session.data_hash)] if session.data_hash else []
    rows += [("engine", session.engine_version)] if session.engine_version else []
    timings = session.timings
    if timings.total_s:
        rows.append(("time", f"{timings.total_s:.1f} s (data {timings.prefetch_s:.1f} s, loop {timings.loop_s:.1f} s)"))
    rows += [("bot", session.bot_id)] if session.bot_id else []
    return facts(rows)


def _look(openings: int) -> str:
    """Which look this was: a session opens its hold-out once, and others may have seen these years before."""
    which = "first look" if openings == 1 else f"look number {openings}"
    return f"opened once; {which} at this market and period"
