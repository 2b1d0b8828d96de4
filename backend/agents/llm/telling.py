"""The goal as a model reads it."""

from typing import Any

from backend.domain.goal import Goal
from backend.domain.quoting import as_data


def goal_text(goal: Goal) -> str:
    """The goal as data; the user's words and phrases are quoted."""
    told: dict[str, Any] = {
        "request": goal.request,
        "symbol": goal.symbols[0] if goal.symbols else None,
        "bars": str(goal.timeframe),
        "sentiment_channels": list(goal.channels),
        "direction": goal.direction,
        "style": list(goal.style),
        "targets": [str(target) for target in goal.effective_targets],
        "minimum_trades": goal.minimum_trades,
        "maximum_complexity": goal.maximum_complexity,
        "not_understood": list(goal.not_understood),
    }
    return as_data({name: part for name, part in told.items() if part is not None})
