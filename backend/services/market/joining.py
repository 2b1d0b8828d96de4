"""Takes series of bars apart by days and puts them together again."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backend.domain.bars import Bars
from backend.domain.moments import rows_within
from backend.domain.periods import Period


def within(bars: Bars, period: Period) -> Bars:
    """The bars whose session lies in ``period``; the same object when all do."""
    rows = rows_within(bars.session, period)
    return bars if rows == slice(0, len(bars)) else bars.window(rows.start, rows.stop)


def put_together(parts: Sequence[Bars]) -> Bars:
    """One ascending series of at least one part; of two bars with the same end the first stays."""
    columns: dict[str, Any] = {
        name: np.concatenate([part.arrays()[name] for part in parts]) for name in parts[0].arrays()
    }
    _, first = np.unique(columns["end"], return_index=True)
    return replace(parts[0], **{name: values[first] for name, values in columns.items()})
