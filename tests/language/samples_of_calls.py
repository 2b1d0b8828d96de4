"""A call of every registered function, with lines that a test controls as its inputs."""

from backend.language.function import Accepts, Function, Missing

LINES = ('sentiment("reddit")', 'sentiment("news")', 'sentiment("sec")')
"""What stands for x, a and b: unlike columns of the bars, these may have gaps."""
WINDOWS = (3, 7, 4)
READS_BARS = frozenset({"atr", "adx", "stochastic", "obv", "vwap"}) | {
    *("day_of_week", "month", "minute_of_session", "minutes_to_close"),
    *("session_open", "session_high", "session_low", "session_vwap"),
}


def call_of(function: Function) -> str:
    """An expression that calls the function."""
    lines, windows = iter(LINES), iter(WINDOWS)
    made = []
    for argument in function.arguments:
        match argument.accepts:
            case Accepts.SERIES | Accepts.VALUE:
                made.append(next(lines))
            case Accepts.CONDITION:
                made.append(f"{next(lines)} > 2")
            case Accepts.WINDOW:
                made.append(str(next(windows)))
            case Accepts.NUMBER:
                made.append("2")
            case Accepts.CHANNEL:
                made.append('"reddit"')
    return f"{function.name}({', '.join(made)})"


def lines_read(function: Function) -> int:
    """How many of the channels' lines the call reads."""
    lines = sum(a.accepts in (Accepts.SERIES, Accepts.VALUE, Accepts.CONDITION) for a in function.arguments)
    return max(lines, int(function.missing in (Missing.SOURCE, Missing.FETCHED) or function.name == "attention"))


def own_windows(function: Function) -> tuple[int, ...]:
    """The whole numbers that the call passes."""
    return WINDOWS[: len(function.windows)]
