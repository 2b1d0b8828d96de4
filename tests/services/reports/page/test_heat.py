"""Months as shades: the sign by colour, the size by strength."""

import pytest

from backend.services.reports.curves import curves_of
from backend.services.reports.page.heat import full_shade, heat_rows
from backend.services.reports.periods import by_month, by_year
from tests.services.reports.runs import written_run


def test_months_are_shaded_by_sign_and_size() -> None:
    # 100 -> 110 in November, -> 99 in December, level in January, -> 99.99 (1 %) in February
    run = written_run(("2011-11-30", "2011-12-30", "2012-01-31", "2012-02-01"), [110.0, 99.0, 99.0, 99.99])
    curves = curves_of(run)
    months = by_month(curves, ())
    first, second = heat_rows(by_year(curves, ()), months)
    assert full_shade(months) == pytest.approx(0.1)
    assert [cell.shade for cell in first.months] == [""] * 10 + ["gain5", "fall5"]
    assert [cell.shade for cell in second.months[:3]] == ["flat", "gain1", ""]
