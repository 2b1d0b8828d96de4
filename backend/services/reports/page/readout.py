"""The values that appear under the pointer; without a script the page shows the last ones."""

from typing import Any

import numpy as np

from backend.services.reports.curves import Curves
from backend.services.reports.thinning import kept_positions

POINTS = 700


def readout(curves: Curves, *, daily: bool) -> dict[str, Any]:
    """Lists of equal length: place along the axis in ten thousandths, time, and each line that there is.

    Args:
        curves: N >= 1 moments.
        daily: times are dates.
    """
    kept = kept_positions(curves.equity, POINTS)
    times = curves.sessions[kept].astype(str) if daily else curves.times[kept].astype("datetime64[m]").astype(str)
    found: dict[str, Any] = {
        "x": np.rint((kept + 1) / len(curves) * 10_000).astype(int).tolist(),
        "time": [time if daily else f"{time.replace('T', ' ')} UTC" for time in times.tolist()],
        "equity": np.round(curves.equity[kept], 2).tolist(),
        "drawdown": np.round(-curves.drawdown[kept] * 100, 2).tolist(),
    }
    if curves.benchmark is not None:
        found["hold"] = np.round(curves.benchmark[kept], 2).tolist()
    if curves.exposure is not None:
        found["exposure"] = np.round(curves.exposure[kept] * 100, 1).tolist()
    return found
