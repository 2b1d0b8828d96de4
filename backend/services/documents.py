"""The JSON documents of sessions, runs and bots in the documented keys, the same at every door."""

from collections.abc import Container, Sequence
from typing import Any

from backend.domain.bots import Bot, BotChange
from backend.domain.conversation import Lift, Turn
from backend.domain.ports import PostSpan
from backend.domain.results import BacktestRun
from backend.domain.session_lines import ListedSession, SessionLine, UnreadableSession
from backend.domain.sessions import Attempt, Session
from backend.domain.verification import Verification
from backend.services.inventory import DatasetUse
from backend.services.series_status import SeriesStatus

_SESSION_KEYS = (
    "session_id", "status", "interrupted", "strategist", "request", "seed", "question", "goal", "periods", "notices",
    "datasets", "data_hash", "engine_version", "execution", "attempts", "chosen", "trials", "effective_trials",
    "holdout", "verdict", "null_league", "usage", "timings", "bot_id", "failed_reason", "model", "budget", "lift",
    "turns", "continues", "stops",
)  # fmt: skip
_RUN_KEYS = (
    "run_id", "spec_hash", "data_hash", "engine_version", "symbols", "timeframe", "start", "end", "bars", "source",
    "notices", "metrics", "financing", "execution", "spec", "created_at",
)  # fmt: skip
_LINE_KEYS = tuple(key for key in _RUN_KEYS if key not in ("execution", "spec", "notices", "financing"))
_TRADE_KEYS = ("trades", "open_positions")
_CURVES = {"time": "equity_time", "value": "equity_value", "benchmark": "benchmark_value", "exposure": "exposure_value"}
"""Curves of a run by their key in its document."""


def session_document(session: Session, attempts: tuple[Attempt, ...], *, interrupted: bool = False) -> dict[str, Any]:
    """Everything about a session in the documented keys; what is not known yet is null or empty.

    An ``interrupted`` one is stored as running, but no process runs it.
    """
    kept = session.model_dump(mode="json", by_alias=True, include={*_SESSION_KEYS} - {"request"})
    kept |= {"interrupted": interrupted}
    kept |= {"request": session.request.text, "seed": session.request.seed}
    kept |= {"execution": session.request.execution.model_dump(mode="json")}
    kept |= {"attempts": [attempt_document(attempt) for attempt in attempts]}
    kept |= {"budget": session.request.budget.model_dump(mode="json"), "lift": _lift_document(session.lift)}
    kept |= {"turns": [turn_document(turn) for turn in session.turns]}
    return {key: kept[key] for key in _SESSION_KEYS}


def _lift_document(lift: Lift | None) -> dict[str, Any] | None:
    return lift.model_dump(mode="json") | {"difference": lift.difference} if lift else None


def attempt_document(attempt: Attempt) -> dict[str, Any]:
    """One attempt in the documented keys."""
    return attempt.model_dump(mode="json", by_alias=True)


def session_line(session: Session, *, interrupted: bool = False) -> dict[str, Any]:
    """One row of a list of sessions; an ``interrupted`` one is stored as running, but no process runs it."""
    return _session_row(SessionLine.of(session), interrupted=interrupted)


def sessions_document(listed: Sequence[ListedSession], interrupted: Container[str]) -> dict[str, Any]:
    """A list of sessions, and those of which there is no row; ``interrupted`` has the ids that no process runs."""
    lines = [line for line in listed if isinstance(line, SessionLine)]
    return {
        "sessions": [_session_row(line, interrupted=line.session_id in interrupted) for line in lines],
        "unreadable": [line.model_dump() for line in listed if isinstance(line, UnreadableSession)],
    }


def _session_row(line: SessionLine, *, interrupted: bool) -> dict[str, Any]:
    return {
        "session_id": line.session_id,
        "status": line.status,
        "interrupted": interrupted,
        "request": line.request,
        "outcome": line.outcome,
        "created_at": line.model_dump(mode="json")["created_at"],
        "bot_id": line.bot_id,
    }


def turn_document(turn: Turn) -> dict[str, Any]:
    """One thing that the user said, and the answer."""
    told = turn.model_dump(mode="json")
    if turn.ending:
        told["ending"]["lift"] = _lift_document(turn.ending.lift)
    return told


def run_document(run: BacktestRun, *, trades: bool = False, equity: bool = False) -> dict[str, Any]:
    """A run; trades, open positions and curves only where they are wanted.

    The benchmark and the exposure of a run of an earlier version are null.
    """
    wanted = [*_RUN_KEYS, *(_TRADE_KEYS if trades else ()), *(_CURVES.values() if equity else ())]
    kept = run.model_dump(mode="json", by_alias=True, include={*wanted})
    document = {key: kept[key] for key in wanted if key in _RUN_KEYS or key in _TRADE_KEYS}
    if equity:
        document |= {"equity": {key: kept[field] or None for key, field in _CURVES.items()}}
    return document


def run_line(run: BacktestRun) -> dict[str, Any]:
    """One row of a list of runs."""
    kept = run.model_dump(mode="json", by_alias=True, include={*_LINE_KEYS})
    return {key: kept[key] for key in _LINE_KEYS} | {"name": run.spec.name}


def diff_documents(titles: Sequence[tuple[str, str]], diffs: Sequence[tuple[str, ...]]) -> list[dict[str, Any]]:
    """What changed from one run's strategy to another's, as lines that begin with ``-`` or ``+``."""
    return [
        {"from": earlier, "to": later, "lines": list(lines)}
        for (earlier, later), lines in zip(titles, diffs, strict=True)
    ]


def bot_document(bot: Bot, changes: Sequence[BotChange] = ()) -> dict[str, Any]:
    """A bot with everything needed to reproduce it, and what has changed since it was saved."""
    return bot.model_dump(mode="json", by_alias=True, exclude={"owner"}) | _changes(changes)


def bot_line(bot: Bot, changes: Sequence[BotChange] = ()) -> dict[str, Any]:
    """One row of a list of bots."""
    kept = bot.model_dump(mode="json", include={"bot_id", "name", "symbols", "session_id", "spec_hash", "created_at"})
    return kept | {"outcome": bot.verdict.outcome} | _changes(changes)


def _changes(changes: Sequence[BotChange]) -> dict[str, Any]:
    return {"changed": bool(changes), "changes": [change.model_dump(mode="json") for change in changes]}


def verification_document(verification: Verification) -> dict[str, Any]:
    """What was compared, and every metric that came out differently."""
    return verification.model_dump(mode="json")


def series_document(series: SeriesStatus) -> dict[str, Any]:
    """One stored series of bars with the stretches that are complete."""
    kept = series.model_dump(mode="json")
    return {
        "symbol": kept["symbol"],
        "timeframe": kept["timeframe"],
        "source": kept["source"],
        "start": kept["first"],
        "end": kept["last"],
        "bars": kept["bars"],
        "covered": kept["covered"],
        "sessions_missing": kept["sessions_missing"],
    }


def posts_document(span: PostSpan) -> dict[str, Any]:
    """The stored posts of one symbol, channel and provider, with the stretches in which none is missing."""
    return {
        "symbol": span.symbol,
        "channel": span.channel,
        "provider": span.provider,
        "start": span.start.isoformat(),
        "end": span.end.isoformat(),
        "posts": span.posts,
        "seen": [[first.isoformat(), last.isoformat()] for first, last in span.seen],
    }


def dataset_use_document(use: DatasetUse) -> dict[str, Any]:
    """One dataset version with those who keep it."""
    return use.dataset.model_dump(mode="json") | {"bots": list(use.bots), "sessions": list(use.sessions)}


def pins_document(bot: Bot) -> dict[str, Any]:
    """What a bot holds of its own: bars by their hash, dataset versions by id."""
    return {
        "bot_id": bot.bot_id,
        "name": bot.name,
        "symbols": list(bot.symbols),
        "bars_snapshots": list(bot.bars_snapshots),
        "datasets": [link.id for link in bot.datasets],
    }
