"""Where fills stand on the price of a symbol."""

from datetime import UTC, datetime

import pytest

from backend.domain.results import PriceLine
from backend.services.reports.curves import curves_of
from backend.services.reports.page.price import price_charts
from tests.services.reports.runs import close_of, trade, written_run

DAYS = ["2012-01-03", "2012-01-04", "2012-01-05", "2012-01-06"]
OPEN_OF_THE_THIRD = datetime(2012, 1, 5, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("signal", OPEN_OF_THE_THIRD),
        ("time", OPEN_OF_THE_THIRD),
        ("stop", close_of(DAYS[2])),
        ("target", close_of(DAYS[2])),
    ],
)
def test_an_exit_stands_at_its_bar_however_it_was_filled(reason: str, left: datetime) -> None:
    # four bars end at 25, 50, 75 and 100 % of the width; entered at the open of the second and left in the third
    entered = datetime(2012, 1, 4, 14, 30, tzinfo=UTC)
    closed = trade(DAYS[2]).model_copy(update={"entry_time": entered, "exit_time": left, "exit_reason": reason})
    run = written_run(DAYS, [100.0] * 4, trades=[closed])
    closes = PriceLine(symbol="AAPL", time=run.equity_time, close=(10.0, 10.5, 11.0, 11.5))
    (chart,) = price_charts(run.model_copy(update={"prices": (closes,)}), curves_of(run), ())
    assert [marker.x for marker in chart.markers] == [50.0, 75.0]
