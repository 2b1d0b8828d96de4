"""Compares two versions of the same bars: sources rewrite their history with every split and dividend."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.bars import Bars
from backend.domain.moments import session_date

SAME_PRICE = 1e-4
"""Relative; sources round, and each answer a little differently."""


@dataclass(frozen=True)
class Revision:
    """How a later version differs from an earlier one.

    Attributes:
        factor: later over earlier price, when it is the same for all bars; 1 when the adjustments alone differ.
        differing, compared: bars.
        first: session of the first bar that differs.
    """

    factor: float | None
    differing: int
    compared: int
    first: date

    def __str__(self) -> str:
        if self.factor == 1.0:
            return "its prices are the same, and their adjustments became known or changed"
        if self.factor is not None:
            return f"a split or dividend: factor {self.factor:.6g}"
        return (
            f"changed its history without a split: {self.differing} of {self.compared} bars differ, "
            f"the first on {self.first}"
        )


def revision(earlier: Bars, later: Bars) -> Revision | None:
    """What changed in the prices of the bars that both have, or in their adjustments; None when nothing did.

    Volume is never compared.
    """
    _, here, there = np.intersect1d(earlier.end, later.end, return_indices=True)
    ratios = _prices(later)[:, there] / _prices(earlier)[:, here]
    moved = (np.abs(ratios - 1) > SAME_PRICE).any(axis=0)
    adjusted = np.abs(later.adjustment[there] / earlier.adjustment[here] - 1) > SAME_PRICE
    rows = np.flatnonzero(moved | adjusted)
    if not rows.size:
        return None
    constant = float(ratios.max() / ratios.min()) - 1 <= 2 * SAME_PRICE
    return Revision(
        factor=(float(np.median(ratios)) if moved.any() else 1.0) if constant else None,
        differing=int(rows.size),
        compared=int(here.size),
        first=session_date(earlier.session, int(here[rows[0]])),
    )


def _prices(bars: Bars) -> Floats:
    return np.stack([bars.open, bars.high, bars.low, bars.close])
