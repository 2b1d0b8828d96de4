"""What the strategist may see of a session: the goal and train results, by type nothing of validation or hold-out."""

from dataclasses import dataclass

from backend.domain.goal import Goal
from backend.domain.results import Metrics
from backend.domain.sessions import Attempt, Diagnosis, Observations
from backend.domain.spec import StrategySpec


@dataclass(frozen=True)
class TrainView:
    """An earlier attempt as the strategist sees it; ``train`` is None for a failed one.

    There is no field for validation or hold-out results, so no proposal can depend on them.
    """

    n: int
    family: str
    spec: StrategySpec
    train: Metrics | None
    observations: Observations | None
    diagnosis: Diagnosis | None
    parent: int | None = None

    @classmethod
    def of(cls, attempt: Attempt) -> "TrainView":
        """The train side of an attempt."""
        train = (attempt.train, attempt.observations, attempt.diagnosis)
        return cls(attempt.n, attempt.family, attempt.tested, *train, attempt.parent)


@dataclass(frozen=True)
class SearchContext:
    """Everything a proposal is made from, beside the random generator.

    Attributes:
        n: number of the attempt to propose, from 1.
        attempts: earlier attempts, ascending by n.
        iterations: attempts the session may make in all.
        longest_warmup: bars that a strategy may need before its first decision; None where nobody knows.
        troubles: why proposals of the same author could not be tested, the latest last.
    """

    goal: Goal
    n: int
    attempts: tuple[TrainView, ...] = ()
    iterations: int = 8
    longest_warmup: int | None = None
    troubles: tuple[str, ...] = ()

    @property
    def channel(self) -> str | None:
        """The sentiment that a strategy reads: the only channel, ``"all"`` of several, or None without any."""
        return next(reversed(self.goal.readable_channels), None)
