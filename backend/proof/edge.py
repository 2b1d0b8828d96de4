"""Is it more than luck and more than the market: the shift test of timing and the alpha of net returns.

Both look at one period of one strategy. The shift test asks whether the positions meet the market's moves better than
the same positions do when they come later; the alpha asks whether the net returns beat holding the market. The edge's
p-value is twice the smaller of the two (Bonferroni).
"""

from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np

from backend.domain.arrays import Dates, Floats, Integers

CONSTANT = 1e-9
"""Positions that move by less than this share of equity never change."""
ROUNDING = 1e-9
"""Shifted scores this close to the unshifted one are ties; ties count against the strategy."""
NO_RESIDUAL = 1e-12
"""A residual variance below this share of the total is rounding."""


@dataclass(frozen=True)
class Edge:
    """p-values of the two tests and of the edge: ``min(1, 2 min(shift, alpha))``."""

    shift: float
    alpha: float

    @property
    def p(self) -> float:
        """The chance of evidence this strong without an edge."""
        return min(1.0, 2 * min(self.shift, self.alpha))


def p_shift(weight: Floats, market_return: Floats, left_out: int, session: Dates | None = None) -> float:
    """Rank of the timing among all lagged circular shifts of the positions.

    The statistic is the studentised mean of position x close-to-close return, ``w[t - 1] r[t]`` summed over symbols:
    unstudentised, rules tied to volatility reject too many markets without an edge. Shifts that lead are left out as
    far as a rule's memory reaches (they hand a trend rule its own future).

    Args:
        weight: share of equity held at each close, signed; shape (N,), or (N, K) for K symbols shifted together.
        market_return: close-to-close return of each bar, same shape; the first is not used.
        left_out: bars by which shifts may not lead: warm-up plus the longest holding.
        session: of each bar, shape (N,); positions then move by whole sessions only. None: every bar is a session.

    Returns:
        The share of the shifts, the unshifted one included, that do as well; 1 when the positions never change.
    """
    lagged = shift_scores(weight, market_return, left_out, session)
    if lagged.size < 2:
        return 1.0
    return float(np.count_nonzero(lagged >= lagged[0] - ROUNDING)) / lagged.size


def shift_scores(weight: Floats, market_return: Floats, left_out: int, session: Dates | None = None) -> Floats:
    """Studentised score of the positions at each lag, the unshifted one first; arguments as in ``p_shift``.

    Returns:
        Shape (L,); empty when the positions never change.
    """
    held, moved = _columns(weight)[:-1], _columns(market_return)[1:]
    if len(held) < 2 or float(np.ptp(held, axis=0).max()) <= CONSTANT:
        return np.empty(0)
    if session is None:
        scores = _shifted_scores(held[:, None, :], moved[:, None, :], len(held))
    else:
        row, slot = _session_grid(session)
        left_out = -(-left_out // (int(slot.max()) + 1))
        scores = _shifted_scores(_on_grid(held, row, slot), _on_grid(moved, row, slot), len(held))
    return scores[: max(1, len(scores) - left_out)]


def p_alpha(net_return: Floats, market_return: Floats) -> float:
    """One-sided p-value of the intercept of net returns on the market, autocorrelation-robust.

    Newey & West (1987) with Bartlett weights over ``4 (N / 100)^(2/9)`` lags; normal distribution.

    Args:
        net_return: bar returns after costs, shape (N,).
        market_return: shape (N,), or (N, K) for equal-weight buy and hold of K symbols.

    Returns:
        1 when nothing is left unexplained by the market, or with fewer than 3 bars.
    """
    if net_return.size < 3:
        return 1.0
    market = _buy_and_hold(_columns(market_return))
    x, y = market - market.mean(), net_return - net_return.mean()
    variance = float(x @ x) / x.size
    beta = float(x @ y) / x.size / variance if variance > 0 else 0.0
    residual = y - beta * x
    if float(residual @ residual) <= NO_RESIDUAL * float(net_return @ net_return):
        return 1.0
    alpha = float(net_return.mean()) - beta * float(market.mean())
    # Each bar's pull on the intercept: its long-run variance is that of the estimate, times N.
    pull = residual * (1 - float(market.mean()) / variance * x) if variance > 0 else residual
    error = np.sqrt(_long_run_variance(pull) / (x.size - 2))
    return 1 - NormalDist().cdf(alpha / float(error)) if error > 0 else 1.0


def edge(
    weight: Floats,
    market_return: Floats,
    net_return: Floats,
    left_out: int,
    session: Dates | None = None,
) -> Edge:
    """Both tests on one period; arguments as in ``p_shift`` and ``p_alpha``. Constant positions have no edge."""
    if len(weight) < 2 or float(np.ptp(_columns(weight)[:-1], axis=0).max()) <= CONSTANT:
        return Edge(shift=1.0, alpha=1.0)
    return Edge(p_shift(weight, market_return, left_out, session), p_alpha(net_return, market_return))


def _columns(values: Floats) -> Floats:
    return values[:, None] if values.ndim == 1 else values


def _shifted_scores(held: Floats, moved: Floats, count: int) -> Floats:
    """Studentised mean for each lag 0 .. S - 1; inputs (S sessions, B bars of a session, K symbols)."""
    total, squares = _lagged_sums(held, moved)
    mean = total / count
    variance = (squares - count * mean**2) / (count - 1)
    usable = variance > NO_RESIDUAL * float(squares.max()) / count
    scores: Floats = np.where(usable, mean / np.sqrt(np.where(usable, variance / count, 1.0)), 0.0)
    return scores


def _lagged_sums(held: Floats, moved: Floats) -> Floats:
    """Sum and sum of squares over all bars of what each bar earns, for each lag; shape (2, S).

    ``sum over t of held[t - s] moved[t]`` with wrap-around is a product of spectra. A bar earns the sum over its
    symbols, whose square has a term for each pair of them.
    """
    rows, _, symbols = held.shape
    a, b, twice = _pairs(symbols)
    held = np.concatenate([held, held[:, :, a] * held[:, :, b] * twice], axis=2)
    moved = np.concatenate([moved, moved[:, :, a] * moved[:, :, b]], axis=2)
    size = rows if _fast_size(rows) == rows else _fast_size(2 * rows - 1)
    spectrum = np.fft.rfft(held, size, axis=0).conj() * np.fft.rfft(moved, size, axis=0)
    total, squares = spectrum[:, :, :symbols].sum(axis=(1, 2)), spectrum[:, :, symbols:].sum(axis=(1, 2))
    sums: Floats = np.fft.irfft(np.stack([total, squares]), size)
    if size == rows:
        return sums
    around = sums[:, :rows].copy()
    around[:, 1:] += sums[:, size - rows + 1 :]  # lag s of what has wrapped around is lag s - rows of what has not
    return around


@cache
def _fast_size(least: int) -> int:
    """The smallest number from ``least`` on without a prime factor above 5: others take several times as long."""
    size = least
    while True:
        rest = size
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return size
        size += 1


@cache
def _pairs(symbols: int) -> tuple[Integers, Integers, Floats]:
    """Each unordered pair of symbols once, and how often its term occurs in a square."""
    a, b = np.triu_indices(symbols)
    return a, b, np.where(a == b, 1.0, 2.0)


def _session_grid(session: Dates) -> tuple[Integers, Integers]:
    """Row (session) and slot (bar within the session) of each bar but the first; the first row counts as 0."""
    _, first, row = np.unique(session, return_index=True, return_inverse=True)
    slot = np.arange(session.size) - first[row]
    return (row - row[1])[1:].astype(np.int64), slot[1:]


def _on_grid(values: Floats, row: Integers, slot: Integers) -> Floats:
    """Values of shape (N, K) by session and slot; slots that a short session lacks hold 0."""
    grid = np.zeros((int(row.max()) + 1, int(slot.max()) + 1, values.shape[1]))
    grid[row, slot] = values
    return grid


def _buy_and_hold(returns: Floats) -> Floats:
    """Bar returns of equal money put into each column at the start and left alone."""
    if returns.shape[1] == 1:
        return returns[:, 0]
    worth = np.concatenate([[1.0], np.cumprod(1 + returns, axis=0).mean(axis=1)])
    growth: Floats = worth[1:] / worth[:-1]
    return growth - 1


def _long_run_variance(x: Floats) -> float:
    """Newey-West variance of ``sqrt(N) * mean`` for a series of mean zero."""
    lags = int(4 * (x.size / 100) ** (2 / 9))
    autocovariance = [float(x[lag:] @ x[: x.size - lag]) / x.size for lag in range(min(lags, x.size - 1) + 1)]
    return autocovariance[0] + 2 * sum(
        (1 - lag / (lags + 1)) * value for lag, value in enumerate(autocovariance) if lag > 0
    )
