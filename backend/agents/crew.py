"""The parts that the agents of a session work with, handed over by bootstrap."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.agents.strategist import Strategist
from backend.services.attempts import Attempts
from backend.services.conclusions import Conclusions
from backend.services.counters import DataCounters
from backend.services.preparation import Preparation
from backend.services.sessions import Sessions
from backend.tools.backtester import Backtester


@dataclass(frozen=True)
class Crew:
    """One instance serves every session of a process.

    Attributes:
        counters: calls and reads of the data services in this process.
        timer: monotonic seconds.
    """

    sessions: Sessions
    preparation: Preparation
    strategist: Strategist
    backtester: Backtester
    attempts: Attempts
    conclusions: Conclusions
    counters: DataCounters
    timer: Callable[[], float]
