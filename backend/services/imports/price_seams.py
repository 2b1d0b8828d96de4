"""Compares a file with the stored bars right before and after it: two adjustments must not meet in one series."""

from collections.abc import Callable

from backend.domain.bars import Bars
from backend.domain.moments import period_of
from backend.domain.periods import Period
from backend.domain.stretches import ONE_DAY
from backend.services.market.joining import put_together
from backend.services.price_jumps import PriceJump, split_like_jumps

NEIGHBOURHOOD = 10 * ONE_DAY
"""So far from each other bars still meet; over a longer time a price may double by itself."""

ReadStored = Callable[[Period], Bars | None]
"""Stored bars of the same series within a period."""


def seam_jump(bars: Bars, stored: ReadStored) -> PriceJump | None:
    """The first jump like a split where bars meet those stored before or after them; None without one."""
    period = period_of(bars.session)
    before = stored(Period(start=period.start - NEIGHBOURHOOD, end=period.start - ONE_DAY))
    after = stored(Period(start=period.end + ONE_DAY, end=period.end + NEIGHBOURHOOD))
    first, last = bars.window(0, 1), bars.window(len(bars) - 1, len(bars))
    seams = [] if before is None else [(before.window(len(before) - 1, len(before)), first)]
    seams += [] if after is None else [(last, after.window(0, 1))]
    return next((jump for seam in seams for jump in split_like_jumps(put_together(seam))), None)
