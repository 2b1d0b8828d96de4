"""Proposals on their way through the state: strategies to be tested, and those that cannot be."""

from typing import Any

from backend.agents.strategist import Refused
from backend.domain.sessions import Candidate

Proposal = Candidate | Refused


def packed(proposal: Proposal) -> dict[str, Any]:
    """As JSON, for a checkpoint."""
    kind = "candidate" if isinstance(proposal, Candidate) else "refused"
    return {kind: proposal.model_dump(mode="json")}


def unpacked(packed: dict[str, Any]) -> Proposal:
    """As it was proposed."""
    if "candidate" in packed:
        return Candidate.model_validate(packed["candidate"])
    return Refused.model_validate(packed["refused"])
