"""Agreement with TA-Lib 0.8.2 on AAPL 2000-03-01..2013-03-01, warm-up included."""

from collections.abc import Callable

import numpy as np
import pytest
import talib

from backend.domain.arrays import Floats
from backend.domain.frames import Frame
from backend.language import compile_expression
from tests.samples import aapl_bars

BARS = aapl_bars()
C, H, L, V = (np.array(x) for x in (BARS.close, BARS.high, BARS.low, BARS.volume))


Windowed = Callable[[int], Floats]


@pytest.mark.parametrize("window", [2, 3, 14, 30, 200])
@pytest.mark.parametrize(
    ("expression", "theirs"),
    [
        ("sma(close, {})", lambda n: talib.SMA(C, n)),
        ("ema(close, {})", lambda n: talib.EMA(C, n)),
        ("wma(close, {})", lambda n: talib.WMA(C, n)),
        ("rsi(close, {})", lambda n: talib.RSI(C, n)),
        ("rsi(volume, {})", lambda n: talib.RSI(V, n)),
        ("atr({})", lambda n: talib.ATR(H, L, C, n)),
        ("adx({})", lambda n: talib.ADX(H, L, C, n)),
        ("stochastic({})", lambda n: talib.STOCHF(H, L, C, n, 1)[0]),
        ("sma(stochastic({}), 3)", lambda n: talib.STOCHF(H, L, C, n, 3)[1]),
        ("bollinger_upper(close, {}, 2)", lambda n: talib.BBANDS(C, n, 2, 2)[0]),
        ("bollinger_lower(close, {}, 2.5)", lambda n: talib.BBANDS(C, n, 2.5, 2.5)[2]),
        ("highest(high, {})", lambda n: talib.MAX(H, n)),
        ("lowest(low, {})", lambda n: talib.MIN(L, n)),
        ("roc(close, {})", lambda n: talib.ROCP(C, n)),
        ("change(close, {})", lambda n: talib.ROCP(C, n)),
        ("diff(close, {})", lambda n: talib.MOM(C, n)),
    ],
)
def test_agrees_with_talib(expression: str, theirs: Windowed, window: int) -> None:
    check_agrees(expression.format(window), theirs(window))


@pytest.mark.parametrize(
    ("expression", "theirs"),
    [
        ("ema(close, 1)", lambda: talib.EMA(C, 1)),
        ("sma(close, 1)", lambda: talib.SMA(C, 1)),
        ("atr(1)", lambda: talib.ATR(H, L, C, 1)),
        ("macd(close, 12, 26)", lambda: talib.MACD(C, 12, 26, 1)[0]),
        ("macd(close, 26, 12)", lambda: -talib.MACD(C, 12, 26, 1)[0]),
        ("macd(close, 3, 200)", lambda: talib.MACD(C, 3, 200, 1)[0]),
        ("macd_signal(close, 12, 26, 9)", lambda: talib.MACD(C, 12, 26, 9)[1]),
        ("macd_signal(close, 5, 35, 5)", lambda: talib.MACD(C, 5, 35, 5)[1]),
        ("obv()", lambda: talib.OBV(C, V)),
        ("log(close / lag(close, 1))", lambda: talib.LN(np.append(np.nan, C[1:] / C[:-1]))),
        ("sqrt(high / low)", lambda: talib.SQRT(H / L)),
        ("max(sma(close, 3), high)", lambda: np.maximum(talib.SMA(C, 3), H)),
    ],
)
def test_agrees_with_talib_where_no_single_window_tells_all(expression: str, theirs: Callable[[], Floats]) -> None:
    check_agrees(expression, theirs())


def check_agrees(expression: str, theirs: Floats) -> None:
    ours = compile_expression(expression).values(Frame(BARS, {}))
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=0)


def test_deviation_agrees_as_far_as_talib_is_exact() -> None:
    # TA-Lib subtracts large sums and loses five digits on the way.
    ours = compile_expression("std(close, 20)").values(Frame(BARS, {}))
    np.testing.assert_allclose(ours, talib.STDDEV(C, 20), rtol=1e-9, atol=0)
