"""What a model writes when it proposes strategies."""

from backend.domain.record import Record
from backend.tools.strategies import WrittenStrategy


class ProposedStrategy(WrittenStrategy):
    """One candidate.

    Attributes:
        changes_attempt: number of the attempt that it improves; None for a fresh idea.
        why: the reason for the change or the idea.
    """

    changes_attempt: int | None = None
    why: str


class Proposal(Record):
    """A reply of the strategist."""

    candidates: tuple[ProposedStrategy, ...]
