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


@pytest.mark.parametrize(
    ("expression", "theirs"),
    [
        ("sma(close, 30)", lambda: talib.SMA(C, 30)),
        ("ema(close, 30)", lambda: talib.EMA(C, 30)),
        ("wma(close, 30)", lambda: talib.WMA(C, 30)),
        ("rsi(close, 14)", lambda: talib.RSI(C, 14)),
        ("rsi(volume, 2)", lambda: talib.RSI(V, 2)),
        ("atr(14)", lambda: talib.ATR(H, L, C, 14)),
        ("adx(14)", lambda: talib.ADX(H, L, C, 14)),
        ("macd(close, 12, 26)", lambda: talib.MACD(C, 12, 26, 1)[0]),
        ("macd_signal(close, 12, 26, 9)", lambda: talib.MACD(C, 12, 26, 9)[1]),
        ("macd_signal(close, 5, 35, 5)", lambda: talib.MACD(C, 5, 35, 5)[1]),
        ("bollinger_upper(close, 20, 2)", lambda: talib.BBANDS(C, 20, 2, 2)[0]),
        ("bollinger_lower(close, 20, 2.5)", lambda: talib.BBANDS(C, 20, 2.5, 2.5)[2]),
        ("stochastic(14)", lambda: talib.STOCHF(H, L, C, 14, 1)[0]),
        ("obv()", lambda: talib.OBV(C, V)),
        ("roc(close, 10)", lambda: talib.ROCP(C, 10)),
        ("highest(high, 20)", lambda: talib.MAX(H, 20)),
        ("lowest(low, 20)", lambda: talib.MIN(L, 20)),
    ],
)
def test_agrees_with_talib(expression: str, theirs: Callable[[], Floats]) -> None:
    ours = compile_expression(expression).values(Frame(BARS, {}))
    np.testing.assert_allclose(ours, theirs(), rtol=1e-10, atol=0)


def test_deviation_agrees_as_far_as_talib_is_exact() -> None:
    # TA-Lib subtracts large sums and loses five digits on the way.
    ours = compile_expression("std(close, 20)").values(Frame(BARS, {}))
    np.testing.assert_allclose(ours, talib.STDDEV(C, 20), rtol=1e-9, atol=0)
