"""Finds price jumps that look like a stock split."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from backend.domain.bars import Bars
from backend.domain.moments import session_date

SPLITS = ((2, 1), (3, 2), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1), (8, 1), (10, 1), (15, 1), (20, 1), (30, 1), (50, 1))
"""New shares for old ones; reverse splits mirror them."""

TOLERANCE = 0.05
"""Relative: on the day of a split the price moves by itself as well."""

NAMED = 3


@dataclass(frozen=True)
class PriceJump:
    """A move from one close to the next that resembles a split.

    Attributes:
        ratio: close over the close before.
        resembles: the split in words, e.g. ``2:1``.
    """

    symbol: str
    session: date
    ratio: float
    resembles: str

    def __str__(self) -> str:
        return (
            f"{self.symbol} on {self.session}: {self.ratio:.3f} times the close before, like a {self.resembles} split"
        )


def split_like_jumps(bars: Bars) -> tuple[PriceJump, ...]:
    """Every bar that begins a session and whose close is near a split ratio of the close before, ascending.

    Shares are split between two sessions, so a bar within one is not looked at. A crash may look the same: AAPL fell
    by 51.9 % on 2000-09-29 without a split.
    """
    ratios = bars.close[1:] / bars.close[:-1]
    begins = bars.session[1:] != bars.session[:-1]
    return tuple(
        PriceJump(bars.symbol, session_date(bars.session, int(row) + 1), float(ratios[row]), name)
        for row in np.flatnonzero(begins & (np.abs(np.log(ratios)) > np.log(1.4)))
        if (name := _resembled(float(ratios[row]))) is not None
    )


def jump_notices(bars: Bars, since: date = date.min) -> tuple[str, ...]:
    """What to say about the jumps from ``since`` on; it tells returns, so only of what may be seen."""
    jumps = [jump for jump in split_like_jumps(bars) if jump.session >= since]
    if not jumps:
        return ()
    named = "; ".join(str(jump) for jump in jumps[:NAMED])
    more = f"; and {len(jumps) - NAMED} more" if len(jumps) > NAMED else ""
    return (f"Prices jump as in a split, which may be a real move: {named}{more}.",)


def _resembled(ratio: float) -> str | None:
    known = [(old / new, f"{new}:{old}") for new, old in SPLITS] + [(new / old, f"{old}:{new}") for new, old in SPLITS]
    distance, name = min((abs(ratio / split - 1), name) for split, name in known)
    return name if distance <= TOLERANCE else None
