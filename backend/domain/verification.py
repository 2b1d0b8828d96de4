"""What came of recomputing a bot's numbers from its pinned data."""

from typing import Literal

from backend.domain.record import Record

PeriodName = Literal["train", "validation", "holdout"]


class PinCheck(Record):
    """One thing that a bot names, beside what was found in its place.

    Attributes:
        what: in words, e.g. ``bars of AAPL``.
        stored: hash or version that the bot keeps.
        found: the same of what is there now; None when there is nothing to compare.
        note: why nothing was found; empty otherwise.
    """

    what: str
    stored: str
    found: str | None
    same: bool
    note: str = ""


class MetricDifference(Record):
    """A metric that came out differently; None stands for an undefined one."""

    period: PeriodName
    metric: str
    stored: float | None
    found: float | None


class Verification(Record):
    """Whether every number of a bot came out again, and what did not.

    Attributes:
        checks: engine version first, because another one explains all that follows; then strategy, data and results.
        differences: metrics that differ in any bit, by period.
    """

    bot_id: str
    name: str
    outcome: Literal["reproduced", "changed"]
    checks: tuple[PinCheck, ...]
    differences: tuple[MetricDifference, ...]
