"""Generated markets whose truth is known: without an edge, or with one planted; vectorised over markets, seeded."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

YEARLY_VOLATILITY = 0.25
YEARLY_DRIFT = 0.07
SESSIONS_PER_YEAR = 252


@dataclass(frozen=True)
class Garch:
    """GARCH(1, 1) of daily stock returns; ``reaction + memory < 1``."""

    reaction: float = 0.08
    memory: float = 0.90


def garch_noise(seed: Any, markets: int, sessions: int, garch: Garch | None = None) -> tuple[Floats, Floats]:
    """Returns without drift and the volatility known before each; shape (markets, sessions) each."""
    law = garch or Garch()
    rng = np.random.default_rng(seed)
    shocks = rng.standard_normal((markets, sessions))
    usual = YEARLY_VOLATILITY**2 / SESSIONS_PER_YEAR
    variance = np.full(markets, usual)
    returns, volatility = np.empty_like(shocks), np.empty_like(shocks)
    for t in range(sessions):
        volatility[:, t] = np.sqrt(variance)
        returns[:, t] = volatility[:, t] * shocks[:, t]
        variance = usual * (1 - law.reaction - law.memory) + law.reaction * returns[:, t] ** 2 + law.memory * variance
    return returns, volatility


def random_walks(seed: Any, markets: int, sessions: int) -> Floats:
    """Daily returns with drift and volatility clusters, and nothing to find; shape (markets, sessions)."""
    return garch_noise(seed, markets, sessions)[0] + YEARLY_DRIFT / SESSIONS_PER_YEAR


def with_leading_signal(seed: Any, markets: int, sessions: int, strength: float) -> tuple[Floats, Floats]:
    """Returns and a signal of +-1 that leads them by one session.

    Args:
        seed: of numpy's generator.
        markets: how many, independent of each other.
        sessions: of each.
        strength: mean of signal x next return in units of the volatility; 0.063 is a yearly Sharpe ratio of 1 for
            the rule that is long or short by the signal.

    Returns:
        Returns and signal, shape (markets, sessions) each; the signal of session t is known at its close.
    """
    noise, volatility = garch_noise(seed, markets, sessions)
    rng = np.random.default_rng([1, *np.atleast_1d(seed)])
    signal = np.where(rng.random((markets, sessions)) < 0.5, -1.0, 1.0)
    led = np.concatenate([np.zeros((markets, 1)), signal[:, :-1]], axis=1)
    return noise + strength * volatility * led, signal


def with_reversion(seed: Any, markets: int, sessions: int, strength: float) -> Floats:
    """Daily returns that take back a share ``strength`` of the day before; shape (markets, sessions)."""
    returns, _ = garch_noise(seed, markets, sessions)
    for t in range(1, sessions):
        returns[:, t] -= strength * returns[:, t - 1]
    return returns


def with_slow_trend(seed: Any, markets: int, sessions: int, strength: float) -> Floats:
    """Daily returns with a hidden drift that changes its sign about twice a year; shape (markets, sessions).

    Args:
        seed: of numpy's generator.
        markets: how many, independent of each other.
        sessions: of each.
        strength: of the drift, in units of the volatility.
    """
    noise, volatility = garch_noise(seed, markets, sessions)
    rng = np.random.default_rng([2, *np.atleast_1d(seed)])
    turns = np.cumsum(rng.random((markets, sessions)) < 2 / SESSIONS_PER_YEAR, axis=1)
    direction = np.where((turns + rng.integers(0, 2, (markets, 1))) % 2 == 0, 1.0, -1.0)
    return noise + strength * volatility * direction
