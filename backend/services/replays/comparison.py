"""Holds a replay against the record: facts of the recorded run are taken over, everything else must be equal."""

from collections.abc import Iterator
from typing import Any

from backend.domain.conversation import Turn
from backend.domain.sessions import Session

MOST_NAMED = 12
"""Keys that are named; after so many, more of them say nothing new."""


def with_facts_of(recorded: Session, replayed: Session) -> Session:
    """The replayed session with what is true of the recorded run alone: when it ran, what it took and cost."""
    usage = recorded.usage.model_copy(update={"backtests": replayed.usage.backtests})
    return replayed.model_copy(
        update={
            "request": recorded.request,
            "created_at": recorded.created_at,
            "usage": usage,
            "timings": recorded.timings,
            "bot_id": recorded.bot_id,
            "turns": tuple(_said(recorded, turn) for turn in replayed.turns),
        }
    )


def _said(recorded: Session, turn: Turn) -> Turn:
    told = next((other for other in recorded.turns if other.n == turn.n), turn)
    return turn.model_copy(update={"at": told.at, "session_id": told.session_id})


def differences(recorded: Any, replayed: Any) -> tuple[str, ...]:
    """The keys under which two documents differ, e.g. ``attempts[2].train.sharpe``."""
    found = list(_differences(recorded, replayed, ""))
    more = [f"and {len(found) - MOST_NAMED} more"] if len(found) > MOST_NAMED else []
    return (*found[:MOST_NAMED], *more)


def _differences(recorded: Any, replayed: Any, at: str) -> Iterator[str]:
    if isinstance(recorded, dict) and isinstance(replayed, dict):
        for key in dict.fromkeys((*recorded, *replayed)):
            inside = f"{at}.{key}" if at else str(key)
            if key in recorded and key in replayed:
                yield from _differences(recorded[key], replayed[key], inside)
            else:
                yield inside
    elif isinstance(recorded, list) and isinstance(replayed, list) and len(recorded) == len(replayed):
        for position, (one, other) in enumerate(zip(recorded, replayed, strict=True)):
            yield from _differences(one, other, f"{at}[{position}]")
    elif type(recorded) is not type(replayed) or recorded != replayed:
        yield at
