"""Which cells of a matrix stand out although all of them were looked at: a p-value for each, and q-values over all.

The p-value is that of timing: the positions against the same positions at every later lag, as in the shift test of the
edge. A rule that merely holds a market that rises scores as well at any lag, so drift is no skill; a shifted rule
trades as often and holds as long, so neither costs nor turnover tell the lags apart.
"""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from backend.domain.arrays import Dates, Floats
from backend.proof.edge import ROUNDING, shift_scores

DISCOVERY = 0.10
"""The share of false ones among the cells that are marked, at most, on average."""

MINIMUM_POSITIONS = 10
"""On fewer, one lucky move decides; such cells have no p-value. How many there are is the same at every lag, so leaving
them out selects nothing."""

COARSE = 10
"""When fewer lags than this do as well, counting them is too coarse to tell one in a thousand from one in a million."""


def timing_p(weight: Floats, market_return: Floats, left_out: int, session: Dates | None = None) -> float:
    """The chance of timing as good as this without skill.

    The share of lags at which the positions, less what is held on average, do as well, the unshifted one included.
    Where that is fewer than ``COARSE`` of them, the normal tail of the score's distance from the mean of all lags, in
    units of their standard deviation or of the score's own, whichever is wider; but never more than ``COARSE`` lags
    would give.

    Args:
        weight: share of equity held at each close, signed; shape (N,).
        market_return: close-to-close return of each bar, same shape; the first is not used.
        left_out: bars by which lags may not lead: warm-up plus the longest holding.
        session: of each bar; positions then move by whole sessions only. None: every bar is a session.

    Returns:
        1 when the positions never change.
    """
    scores = shift_scores(weight - weight[:-1].mean(), market_return, left_out, session)
    if scores.size < 2:
        return 1.0
    reached = int(np.count_nonzero(scores >= scores[0] - ROUNDING))
    if reached >= COARSE:
        return reached / scores.size
    others = scores[1:]
    distance = float(scores[0] - others.mean()) / max(1.0, float(others.std()))
    return min(NormalDist().cdf(-distance), COARSE / scores.size)


def q_values(p_values: Sequence[float], others: int = 0) -> tuple[float, ...]:
    """Adjusted p-values of Benjamini & Yekutieli (2001): they hold whatever the tests have in common.

    Cells share markets and rules, and a rule beside its opposite is negatively dependent, which Benjamini & Hochberg
    (1995) do not allow for; the price is a factor of ``1 + 1/2 + ... + 1/m``.

    Args:
        p_values: of tests that were made.
        others: further tests of which nothing is known but that they were made, or could have been; each counts as one
            that found nothing, and m is the number of both together.

    Returns:
        For each, the smallest share of false discoveries at which it is one; in the order given, at most 1.
    """
    count = len(p_values)
    if not count:
        return ()
    order = np.argsort(p_values, kind="stable")
    rank, made = np.arange(1, count + 1), np.arange(1, count + others + 1)
    raised = np.asarray(p_values, dtype=np.float64)[order] * made.size * float((1 / made).sum()) / rank
    lowest = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    q = np.empty(count)
    q[order] = lowest
    return tuple(q.tolist())
