"""Names for the array types that records and functions pass around."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]
Dates = NDArray[np.datetime64]
"""dtype ``datetime64[D]``: trading sessions."""
Instants = NDArray[np.datetime64]
"""dtype ``datetime64[s]``: moments in UTC."""
