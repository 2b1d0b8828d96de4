"""Every metric has a name and a unit, and an undefined one is dashed."""

from backend.cli.render.format import MISSING
from backend.cli.render.metrics import FORMATS, metrics_table
from backend.domain.results import METRIC_NAMES
from tests.cli.render.drawing import drawn
from tests.cli.samples import metrics


def test_no_metric_is_left_out() -> None:
    assert sorted(FORMATS) == sorted(METRIC_NAMES)


def test_columns_stand_side_by_side() -> None:
    rows = drawn(metrics_table([("train", metrics()), ("validation", metrics(sharpe=None)), ("hold-out", None)]))
    sharpe = next(line for line in rows.splitlines() if line.startswith("Sharpe ratio"))
    assert sharpe.split()[2:] == ["0.84", MISSING, MISSING]
