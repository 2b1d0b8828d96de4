"""The causality check on probes that rebuild a rule from raw inputs: honest ones, and each way of looking ahead."""

from collections.abc import Callable

import numpy as np
import pytest

from backend.domain.arrays import Bools, Floats, Instants
from backend.domain.signals import Signals
from backend.proof.causality import CUT_POINTS, DecisionProbe, examine
from benchmarks.null_markets import random_walks
from tests.proof.evidence_samples import SteadyProbe, entries

BARS = 600
CLOSES: Instants = (np.datetime64("2020-01-01T21:00:00") + np.arange(BARS) * np.timedelta64(86_400, "s")).astype(
    "datetime64[s]"
)
"""One session a day, closing at 21:00 UTC."""

PriceRule = Callable[[Floats], Bools]


class PriceProbe:
    """A rule on closes."""

    def __init__(self, rule: PriceRule) -> None:
        self._rule = rule
        self._close: Floats = 100 * np.multiply.accumulate(1 + random_walks(4, 1, BARS)[0])

    def signals(self) -> Signals:
        return entries(self._rule(self._close))

    def truncated(self, cut: int) -> Signals:
        return entries(self._rule(self._close[: cut + 1]))

    def perturbed(self, cut: int, seed: int) -> Signals:
        later = np.arange(BARS) > cut
        noise = np.exp(np.random.default_rng(seed).standard_normal(BARS) * 0.1)
        return entries(self._rule(np.where(later, self._close * noise, self._close)))


class PostProbe:
    """Long after a session whose posts were good; posts come at any hour, and a rule gives each its session."""

    def __init__(self, session_of: Callable[[Instants], Floats]) -> None:
        rng = np.random.default_rng(6)
        first = CLOSES[0] - np.timedelta64(86_400, "s")
        self._at: Instants = np.sort(first + (rng.random(3_000) * BARS * 86_400).astype("timedelta64[s]"))
        self._mood: Floats = rng.standard_normal(3_000)
        self._session_of = session_of

    def signals(self) -> Signals:
        return self._rebuilt(self._at, self._mood, BARS)

    def truncated(self, cut: int) -> Signals:
        known = self._at < CLOSES[cut]
        return self._rebuilt(self._at[known], self._mood[known], cut + 1)

    def perturbed(self, cut: int, seed: int) -> Signals:
        later = self._at >= CLOSES[cut]
        noise = np.random.default_rng(seed).standard_normal(self._mood.size)
        return self._rebuilt(self._at, np.where(later, noise, self._mood), BARS)

    def _rebuilt(self, at: Instants, mood: Floats, bars: int) -> Signals:
        session = self._session_of(at)
        inside = session < bars
        total = np.bincount(session[inside].astype(np.int64), weights=mood[inside], minlength=bars)
        return entries(total > 0)


def rising(close: Floats) -> Bools:
    return np.append(False, close[1:] > close[:-1])


def above_average(close: Floats) -> Bools:
    """Above the mean of everything before and including each bar."""
    return close > np.cumsum(close) / np.arange(1, close.size + 1)


def next_close_rises(close: Floats) -> Bools:
    return np.append(close[1:] > close[:-1], False)


def next_close_leaps(close: Floats) -> Bools:
    """Fires on a handful of six hundred bars."""
    return np.append(close[1:] > close[:-1] * 1.035, False)


def unless_next_close_crashes(close: Floats) -> Bools:
    """True on nearly every bar, false only where it saw the fall coming."""
    return np.append(close[1:] >= close[:-1] * 0.955, True)


def above_the_mean_of_all(close: Floats) -> Bools:
    return close > float(close.mean())


def bottom_of_all(close: Floats) -> Bools:
    return close <= float(np.quantile(close, 0.05))


def session_that_closes_after(at: Instants) -> Floats:
    return np.searchsorted(CLOSES, at, side="right").astype(np.float64)


def session_of_the_date(at: Instants) -> Floats:
    """By the UTC date: a post of the evening is counted for the session that closed hours before it."""
    return np.searchsorted(CLOSES.astype("datetime64[D]"), at.astype("datetime64[D]")).astype(np.float64)


@pytest.mark.parametrize(
    "probe",
    [PriceProbe(rising), PriceProbe(above_average), PostProbe(session_that_closes_after), SteadyProbe(BARS)],
    ids=["last change", "expanding mean", "posts until the close", "no data"],
)
def test_honest_rules_pass(probe: DecisionProbe) -> None:
    report = examine(probe)
    assert report.cut_points >= CUT_POINTS
    assert (report.violations, report.first) == (0, None)


@pytest.mark.parametrize(
    "rule",
    [next_close_rises, next_close_leaps, unless_next_close_crashes, above_the_mean_of_all, bottom_of_all],
)
def test_rules_that_look_ahead_are_caught(rule: PriceRule) -> None:
    report = examine(PriceProbe(rule))
    assert report.violations > 0
    assert report.first is not None
    assert report.first[0] == "long_entry"


def test_rare_rules_fire_rarely_here() -> None:
    # Otherwise the two cases above would not test what they are about.
    close = 100 * np.multiply.accumulate(1 + random_walks(4, 1, BARS)[0])
    assert 1 <= next_close_leaps(close).sum() <= 6
    assert 1 <= (~unless_next_close_crashes(close)).sum() <= 6


def test_posts_in_the_wrong_session_are_caught() -> None:
    report = examine(PostProbe(session_of_the_date))
    assert report.violations > CUT_POINTS / 4


def test_a_decision_that_vanishes_is_a_change() -> None:
    class Shorter(SteadyProbe):
        def truncated(self, cut: int) -> Signals:
            return entries(np.zeros(cut, np.bool_))

    assert examine(Shorter(BARS)).violations > 0


def test_every_condition_is_compared() -> None:
    class ExitPeeks(PriceProbe):
        def signals(self) -> Signals:
            return self._exit(super().signals())

        def truncated(self, cut: int) -> Signals:
            return self._exit(super().truncated(cut))

        def perturbed(self, cut: int, seed: int) -> Signals:
            return self._exit(super().perturbed(cut, seed))

        def _exit(self, made: Signals) -> Signals:
            never = np.zeros_like(made.long_entry)
            return Signals(long_entry=never, long_exit=never, short_entry=never, short_exit=made.long_entry)

    report = examine(ExitPeeks(next_close_rises))
    assert report.first is not None
    assert report.first[0] == "short_exit"


def test_a_short_frame_is_cut_wherever_it_can_be() -> None:
    # Ten bars: there is a future behind bars 0..8 only, and the last bar is never a cut point.
    assert 1 <= examine(SteadyProbe(10)).cut_points <= 9
