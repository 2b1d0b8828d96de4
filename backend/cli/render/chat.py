"""A conversation as it is read: what was understood, what it came to, and the document for programs."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from backend.cli.render.verdict import beside_the_market, verdict_panel
from backend.domain.conversation import Turn
from backend.domain.errors import BackproofError
from backend.domain.sessions import Attempt, Session
from backend.services.turns import stopped

LAST_TURNS = 6
"""Shown when a conversation is taken up."""


def understood_view(turn: Turn) -> RenderableType:
    """What the words changed, one line each."""
    return Text("\n".join(f"→ {change}" for change in turn.understood), style="cyan")


def outcome_view(session: Session, attempts: Sequence[Attempt]) -> RenderableType:
    """What the present turn of a session came to."""
    if session.status == "needs_input":
        return Panel(Text(session.question or ""), title=Text("One question first"), title_align="left")
    if session.verdict is None:
        return Text(session.failed_reason or f"The session is {session.status}.", style="yellow")
    chosen = next((attempt for attempt in attempts if attempt.attempt_id == session.chosen), None)
    subject = f"{chosen.title}: attempt {chosen.n} of {len(attempts)}" if chosen else ""
    held = session.holdout.metrics if session.holdout else None
    verdict = verdict_panel(session.verdict, subject, beside_the_market(held, session.null_league))
    why = [Text(message, style="yellow") for message in stopped(session)]
    return Group(*why, verdict) if why else verdict


def transcript_view(members: Sequence[Session]) -> RenderableType:
    """What was said last, in its order; a turn that went elsewhere is the first one there."""
    lines: list[RenderableType] = []
    turns = [turn for _, turn in said(members) if turn.kind != "elsewhere"]
    if len(turns) > LAST_TURNS:
        lines.append(Text(f"({len(turns) - LAST_TURNS} earlier turns are not shown)", style="dim"))
    for turn in turns[-LAST_TURNS:]:
        lines += [Text.assemble(("> ", "bold"), turn.text), Text(turn.answer, style="dim")]
    return Group(*lines)


def said(members: Sequence[Session]) -> list[tuple[Session, Turn]]:
    """The turns of every session of a conversation in the order of time."""
    turns = [(session, turn) for session in members for turn in session.turns]
    return sorted(turns, key=lambda pair: (pair[1].at, pair[0].created_at, pair[1].n))


def conversation_document(
    members: Sequence[Session], present: Session, trouble: BackproofError | None
) -> dict[str, Any]:
    """Every turn with the session that it is in; ``trouble`` is what the last one ended with."""
    return {
        "session_id": members[0].session_id,
        "present": present.session_id,
        "sessions": [
            {
                "session_id": session.session_id,
                "status": session.status,
                "symbols": list(session.goal.symbols) if session.goal else [],
                "continues": session.continues,
                "data_hash": session.data_hash,
                "outcome": session.verdict.outcome if session.verdict else None,
            }
            for session in members
        ],
        "turns": [_turn_document(session, turn) for session, turn in said(members)],
        "error": trouble.message if trouble else None,
    }


def _turn_document(session: Session, turn: Turn) -> dict[str, Any]:
    kept = turn.model_dump(mode="json", by_alias=True)
    return {"session_id": session.session_id, "goes_on_in": kept.pop("session_id")} | kept
