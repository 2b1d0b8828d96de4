"""The thirty tasks on which ways to search are compared: sample symbols with different goals, and planted markets."""

from dataclasses import dataclass

from backend.domain.sessions import SessionRequest
from benchmarks.null_sources import SYMBOL
from benchmarks.planted_markets import Kind

SYMBOLS = ("AAPL", "GOOG", "IBM", "MSFT")
GOALS = (
    "momentum on {symbol}",
    "mean reversion on {symbol}, Sharpe above 0.8",
    "best strategy on {symbol}, drawdown under 25 %",
    "best strategy on {symbol} with reddit sentiment, drawdown under 40 %",
)
PLANTED_GOAL = f"best strategy on ${SYMBOL} with reddit sentiment, drawdown under 90 %"
PLANTED_SEEDS = range(100, 107)
"""Of markets that neither the criterion of ``benchmarks.planted`` nor any development uses."""


@dataclass(frozen=True)
class Task:
    """One request to a session.

    Attributes:
        planted: the kind of generated market that it is about; None for sample prices.
        seed: of the market and of the session.
    """

    name: str
    text: str
    seed: int
    planted: Kind | None = None

    def request(self, iterations: int) -> SessionRequest:
        """The session to open, with the built-in strategist."""
        return SessionRequest(text=self.text, seed=self.seed, iterations=iterations)


def tasks() -> tuple[Task, ...]:
    """Sixteen on sample symbols, seven on each kind of planted market."""
    goals = [goal.format(symbol=symbol) for symbol in SYMBOLS for goal in GOALS]
    real = [Task(goal, goal, seed) for seed, goal in enumerate(goals)]
    kinds: tuple[Kind, ...] = ("leading", "reverting")
    planted = [Task(f"{kind} {seed}", PLANTED_GOAL, seed, kind) for kind in kinds for seed in PLANTED_SEEDS]
    return (*real, *planted)
