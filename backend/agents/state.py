"""What the graph carries from node to node: ids and small records; results live in the store."""

from typing import Any, TypedDict


class SessionState(TypedDict, total=False):
    """Checkpointed after every node.

    Attributes:
        session_id: the session that is run.
        owner: whose it is.
        iteration: attempts finished so far.
        candidate: the strategy proposed last, as JSON, until it is tested.
        decision: what the supervisor decided last: ``propose`` or ``conclude``.
        question: set when the request lacks something; the session then ends.
        data_reads: store reads for data made by the loop.
        loop_s: seconds spent in the loop.
    """

    session_id: str
    owner: str
    iteration: int
    candidate: dict[str, Any] | None
    decision: str
    question: str | None
    data_reads: int
    loop_s: float
