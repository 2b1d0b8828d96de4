"""Says which bars of a file are not taken by design."""

from backend.services.imports.price_times import BarTimes


def outside_notices(symbol: str, times: BarTimes) -> tuple[str, ...]:
    """How many bars of extended hours were left out."""
    if not times.outside.size:
        return ()
    count = times.outside.size
    if count == 1:
        return (f"1 bar of {symbol} lies outside regular trading hours and was left out.",)
    return (f"{count:,} bars of {symbol} lie outside regular trading hours and were left out.",)
