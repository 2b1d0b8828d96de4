"""Runs as rows: long columns stay out of the document, and rows of an earlier version are read."""

import numpy as np

from backend.stores.codecs.packing import pack, unpack
from backend.stores.codecs.runs import NOT_IN_DOCUMENT, run_of, run_row
from tests.stores.samples import make_run


def test_the_document_holds_no_column() -> None:
    row = run_row(make_run())
    document = row["document"].model_dump(mode="json")
    assert all(document[name] == [] for name in NOT_IN_DOCUMENT)
    assert set(unpack(row["equity"])) == {
        "time", "value", "benchmark", "exposure", "time of MSFT", "close of MSFT", "time of AAPL", "close of AAPL",
    }  # fmt: skip


def test_prices_come_back_in_the_order_of_the_symbols() -> None:
    row = run_row(make_run())
    assert [line.symbol for line in run_of(row, []).prices] == ["MSFT", "AAPL"]


def test_a_row_of_an_earlier_version_has_equity_alone() -> None:
    """It was written when runs had no benchmark, exposure, financing and prices."""
    row = run_row(make_run())
    later = {"benchmark_value", "exposure_value", "financing", "prices"}
    document = {k: v for k, v in row["document"].model_dump(mode="json").items() if k not in later}
    equity = {"time": np.array(["2024-05-06T12:00"], dtype="datetime64[us]"), "value": np.array([1 / 3])}
    read = run_of(row | {"document": document, "equity": pack(equity)}, [])
    assert read.equity_value == (1 / 3,)
    assert (read.benchmark_value, read.exposure_value, read.prices) == ((), (), ())
    assert read.financing.interest_earned == 0.0
