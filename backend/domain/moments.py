"""Array moments as Python datetimes, at the borders where people read them."""

from datetime import UTC, date, datetime

import numpy as np

from backend.domain.arrays import Dates, Instants


def utc_moments(instants: Instants) -> list[datetime]:
    """Time-zone aware datetimes in UTC, one for each element."""
    return [
        datetime.fromtimestamp(seconds, UTC) for seconds in instants.astype("datetime64[s]").astype(np.int64).tolist()
    ]


def session_date(sessions: Dates, position: int) -> date:
    """The session at ``position`` as a date."""
    day: date = sessions.astype("datetime64[D]")[position].astype(object)
    return day
