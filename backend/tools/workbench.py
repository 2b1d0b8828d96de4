"""What the tools of one session work with; nothing of validation or hold-out can be reached from what they return."""

from dataclasses import dataclass

from backend.domain.sessions import Session
from backend.search.context import SearchContext
from backend.services.preparation import LoopData
from backend.services.probes import Probes


@dataclass(frozen=True)
class Workbench:
    """One occasion of one session.

    Attributes:
        context: goal, and the train side of the attempts that may be seen.
        data: of the session; tools read its train rows alone.
        probes: runs strategies over train.
        n: number of the attempt that is being prepared.
    """

    session: Session
    context: SearchContext
    data: LoopData
    probes: Probes
    n: int
