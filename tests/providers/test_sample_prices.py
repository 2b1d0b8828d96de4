"""The sample prices: known values, and no symbol or day beyond what there is."""

from datetime import date

import numpy as np
import pytest

from backend.domain.errors import DataUnavailable
from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.providers.prices.sample import SPANS, SamplePrices

EVER = Period(start=date(1990, 1, 1), end=date(2030, 1, 1))


@pytest.mark.parametrize("symbol", list(SPANS))
def test_every_series_has_each_session_of_its_span(symbol: str) -> None:
    source = SamplePrices(trading_calendar)
    span = source.span(symbol, Timeframe.DAY)
    assert span is not None
    bars = source.fetch(symbol, Timeframe.DAY, EVER)
    hours = trading_calendar(span.start, span.end)
    np.testing.assert_array_equal(bars.session, hours.sessions)
    np.testing.assert_array_equal(bars.end, hours.closes)


def test_prices_are_scaled_by_adjusted_over_raw_close() -> None:
    # AAPL 2000-03-01: close 130.31, adjusted 4.186662803811; the open is scaled by the same factor
    bars = SamplePrices(trading_calendar).fetch(
        "AAPL", Timeframe.DAY, Period(start=date(2000, 3, 1), end=date(2000, 3, 1))
    )
    assert bars.close[0] == pytest.approx(4.186662803811, rel=1e-12)
    assert bars.open[0] == pytest.approx(118.56 * 4.186662803811 / 130.31, rel=1e-12)
    assert bars.adjustment[0] == 4.186662803811 / 130.31


def test_an_unknown_symbol_is_refused() -> None:
    with pytest.raises(DataUnavailable, match="no 1d bars of AAPPL") as caught:
        SamplePrices(trading_calendar).fetch("AAPPL", Timeframe.DAY, EVER)
    assert caught.value.hint == 'did you mean "AAPL"?'
    with pytest.raises(DataUnavailable, match="no 1m bars"):
        SamplePrices(trading_calendar).fetch("AAPL", Timeframe.MINUTE, EVER)
