"""What the calendar tells about a bar, known in advance."""

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.frames import Frame


def day_of_week(frame: Frame) -> Floats:
    """Weekday of each bar's trading session: Monday 0 ... Friday 4; shape (T,), never missing."""
    days = frame.bars.session.astype("datetime64[D]").astype(np.int64)
    # 1970-01-01, day 0, was a Thursday.
    return ((days + 3) % 7).astype(np.float64)


def month(frame: Frame) -> Floats:
    """Month of each bar's trading session, 1..12; shape (T,), never missing."""
    months = frame.bars.session.astype("datetime64[M]").astype(np.int64)
    return (months % 12 + 1).astype(np.float64)
