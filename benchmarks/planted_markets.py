"""Markets with an edge that is known, because it was put there: posts that lead, or prices that come back."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.spec import Series, StrategySpec
from backend.engine.calendar import trading_calendar
from backend.search.families.family import real, whole
from benchmarks.null_markets import SESSIONS_PER_YEAR, YEARLY_DRIFT, garch_noise
from benchmarks.null_sources import FIRST, LAST, USUAL_SPREAD, NullMarket

Kind = Literal["leading", "reverting"]

MOOD_PERSISTENCE = 0.9
"""Of the common mood from session to session, so that it can be followed at the usual costs."""
MOOD_SPREAD = 0.75 * USUAL_SPREAD
"""Standard deviation of what the posts of a session have in common."""
DEVIATION_PERSISTENCE = 0.6
"""Of the part of the price that comes back: half of it is gone after a session or two."""

STRENGTH: dict[Kind, float] = {"leading": 0.242, "reverting": 0.75}
"""Set by ``python -m benchmarks.planted --calibrate``: the best rule has a net Sharpe ratio of 2 on average there."""


@dataclass(frozen=True, eq=False)
class PlantedMarket(NullMarket):
    """A generated market whose next session can be foretold in part.

    Attributes:
        common_mood: what the posts of a session have in common, known at its close; standard deviation 1, shape (S,).
    """

    common_mood: Floats = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def planted(cls, seed: int, kind: Kind, strength: float | None = None) -> "PlantedMarket":
        """The market of a seed.

        Args:
            seed: equal seeds have equal chance, whatever the strength.
            kind: ``leading``: the common mood of the posts moves the next session's return by ``strength`` of its
                volatility. ``reverting``: the share ``strength`` of each session's variance comes back.
            strength: as calibrated by default.
        """
        calendar = trading_calendar(FIRST, LAST)
        noise, volatility = (rows[0] for rows in garch_noise([3, seed], 1, len(calendar)))
        wanted = STRENGTH[kind] if strength is None else strength
        mood = _wandering(np.random.default_rng([4, seed]).standard_normal(len(calendar)), MOOD_PERSISTENCE)
        mood *= np.sqrt(1 - MOOD_PERSISTENCE**2)
        moved = (
            _led(noise, volatility, mood, wanted)
            if kind == "leading"
            else _coming_back(noise, volatility, seed, wanted)
        )
        drift = YEARLY_DRIFT / SESSIONS_PER_YEAR
        return cls(seed, "independent", calendar, moved + drift, volatility, mood if kind == "leading" else 0 * mood)

    def shared_feeling(self) -> Floats:
        return MOOD_SPREAD * self.common_mood


def best_rule(kind: Kind) -> StrategySpec:
    """The rule that follows what was planted; its numbers are the best on average over the calibration's markets."""
    return RULES[kind]


RULES: dict[Kind, StrategySpec] = {
    "leading": StrategySpec(
        name="Follow the mood",
        rationale="The mood of a session moves the next one.",
        parameters=(whole("smooth", 2, 1, 10), real("enter", 0.3, -0.3, 0.6), real("leave", 0.0, -0.6, 0.3)),
        series=(Series(name="mood", expression='sma(last_known(sentiment("reddit"), 3), smooth)'),),
        long_entry="mood > enter",
        long_exit="mood < leave",
    ),
    "reverting": StrategySpec(
        name="Buy below the average",
        rationale="A part of each move comes back within days.",
        parameters=(whole("window", 10, 3, 60), real("depth", 0.75, 0.0, 2.5), real("recovery", -0.25, -0.5, 1.5)),
        long_entry="zscore(close, window) < -depth",
        long_exit="zscore(close, window) > recovery",
    ),
}


def _wandering(shocks: Floats, persistence: float) -> Floats:
    """Each value keeps a share ``persistence`` of the one before; shape (S,)."""
    values = np.empty_like(shocks)
    last = 0.0
    for t, shock in enumerate(shocks):
        last = persistence * last + shock
        values[t] = last
    return values


def _led(noise: Floats, volatility: Floats, mood: Floats, strength: float) -> Floats:
    return np.asarray(noise + strength * volatility * np.concatenate([[0.0], mood[:-1]]))


def _coming_back(noise: Floats, volatility: Floats, seed: int, share: float) -> Floats:
    """The same volatility as ``noise``, of which a part deviates from the price's own way and comes back to it."""
    parted = np.random.default_rng([5, seed]).standard_normal(noise.size)
    deviation = _wandering(np.sqrt(share) * volatility * parted, DEVIATION_PERSISTENCE)
    return np.asarray(np.sqrt(1 - share) * noise + np.diff(deviation, prepend=0.0))
