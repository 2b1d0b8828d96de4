"""What the graph carries from node to node: ids and small records; results live in the store."""

from typing import Any, TypedDict

from backend.agents.strategist import Proposed, Refused
from backend.domain.sessions import Candidate


class SessionState(TypedDict, total=False):
    """Checkpointed after every node.

    Attributes:
        session_id: the session that is run.
        owner: whose it is.
        iteration: attempts of this turn that are finished.
        proposal: what is tested now, as JSON; once it is tested its number, and None when there was nothing to propose.
        waiting: the rest of the same round, tested one an iteration.
        round_from: number of the first attempt of the model's latest round.
        useless: the model's replies in a row that could not be used.
        away: why the model is not asked any more; None while it answers.
        decision: what the supervisor decided last: ``propose`` or ``conclude``.
        question: set when the request lacks something; the session then ends.
        data_reads: store reads for data made by the loop.
        loop_s: seconds spent in the loop of this turn.
        active_s: seconds of work in all nodes of all turns.
    """

    session_id: str
    owner: str
    iteration: int
    proposal: dict[str, Any] | None
    waiting: list[dict[str, Any]]
    round_from: int
    useless: int
    away: str | None
    decision: str
    question: str | None
    data_reads: int
    loop_s: float
    active_s: float


def packed(proposed: Proposed) -> dict[str, Any]:
    """As JSON, for a checkpoint."""
    kind = "candidate" if isinstance(proposed, Candidate) else "refused"
    return {kind: proposed.model_dump(mode="json")}


def unpacked(packed: dict[str, Any]) -> Proposed:
    """As it was proposed."""
    if "candidate" in packed:
        return Candidate.model_validate(packed["candidate"])
    return Refused.model_validate(packed["refused"])
