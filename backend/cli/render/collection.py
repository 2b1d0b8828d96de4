"""What the visits of live sources brought, a line for each symbol as it happens."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from backend.cli.render.format import count, moment
from backend.services.collection import Collected


class Tally:
    """Tells each result at once, and keeps the newest of each symbol for the end.

    Args:
        say: shows one line.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self.visits = 0
        self._say = say
        self._new = 0
        self._newest: dict[tuple[str, str], Collected] = {}

    def add(self, results: Sequence[Collected]) -> None:
        """Take the results of one visit."""
        self.visits += 1
        for result in results:
            self._new += result.new
            self._newest[result.provider, result.symbol] = result
            self._say(result_line(result))

    def document(self) -> dict[str, Any]:
        """How often was visited, how many posts came, and how the last visit of each symbol ended."""
        return {"visits": self.visits, "new": self._new, "collected": [_row(each) for each in self._newest.values()]}


def result_line(result: Collected) -> str:
    """When, what, and how much; times are UTC."""
    who = f"{moment(result.visited_at)}  {result.symbol} {result.channel}"
    if result.failure:
        return f"{who}: failed: {result.failure.message}"
    return f"{who}: {count(result.found)} found, {count(result.new)} new; {_missing(result)}"


def _missing(result: Collected) -> str:
    if result.hole:
        return f"posts may be missing from {moment(result.hole[0])} to {moment(result.hole[1])}"
    if result.complete_from is None:
        return "posts may be missing before this visit"
    return f"none missing since {moment(result.complete_from)}"


def _row(result: Collected) -> dict[str, Any]:
    hole = None if result.hole is None else {"from": _iso(result.hole[0]), "to": _iso(result.hole[1])}
    return {
        "symbol": result.symbol,
        "channel": result.channel,
        "provider": result.provider,
        "visited_at": _iso(result.visited_at),
        "found": result.found,
        "new": result.new,
        "complete_from": _iso(result.complete_from),
        "hole": hole,
        "failed_reason": result.failure.message if result.failure else None,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
