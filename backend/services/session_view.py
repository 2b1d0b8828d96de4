"""The JSON document of a session, as the command line and the HTTP API show it."""

from typing import Any

from backend.domain.sessions import Attempt, Session


def session_document(session: Session, attempts: tuple[Attempt, ...]) -> dict[str, Any]:
    """Everything about a session in the documented keys; what is not known yet is null or empty."""
    kept = session.model_dump(mode="json", by_alias=True, include=_SESSION_KEYS)
    usage, timings = kept.pop("usage"), kept.pop("timings")
    document = {name: kept[name] for name in ("session_id", "status", "strategist")}
    document |= {"request": session.request.text, "seed": session.request.seed, "question": session.question}
    document |= {"goal": _goal_document(session)}
    document |= {name: kept[name] for name in ("periods", "notices", "datasets", "data_hash")}
    document |= {"attempts": [attempt_document(attempt) for attempt in attempts]}
    names = ("chosen", "trials", "effective_trials", "holdout", "verdict", "null_league")
    document |= {name: kept[name] for name in names}
    document |= {"usage": usage, "timings": timings}
    return document | {"bot_id": session.bot_id, "failed_reason": session.failed_reason}


def attempt_document(attempt: Attempt) -> dict[str, Any]:
    """One attempt in the documented keys."""
    return attempt.model_dump(mode="json", by_alias=True)


def session_line(session: Session) -> dict[str, Any]:
    """One row of a list of sessions."""
    return {
        "session_id": session.session_id,
        "status": session.status,
        "request": session.request.text,
        "outcome": session.verdict.outcome if session.verdict else None,
        "created_at": session.created_at.isoformat(),
        "bot_id": session.bot_id,
    }


_SESSION_KEYS = {
    "session_id", "status", "strategist", "periods", "notices", "datasets", "data_hash", "chosen", "trials",
    "effective_trials", "holdout", "verdict", "null_league", "usage", "timings",
}  # fmt: skip


def _goal_document(session: Session) -> dict[str, Any] | None:
    return session.goal.model_dump(mode="json") if session.goal else None
