"""Runs as rows: long columns stay out of the document, and rows of an earlier version are read."""

from typing import Any

import numpy as np
import pytest

from backend.domain.errors import Unavailable
from backend.stores.codecs.packing import pack, unpack
from backend.stores.codecs.runs import NOT_IN_DOCUMENT, run_of, run_row, summary_of_text
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


DAMAGE: dict[str, dict[str, Any]] = {
    'the column "value" holds a number that is not finite': {"value": np.array([1.0, np.nan])},
    'the column "benchmark" holds a number that is not finite': {"benchmark": np.array([1.0, np.inf])},
    'the column "exposure" does not hold one number for each of its 2 times': {"exposure": np.array([1.0])},
    'the column "value" does not hold one number for each of its 2 times': {"value": np.array([[1.0], [2.0]])},
    'the column "close of AAPL" does not hold one number for each of its 2 times': {"close of AAPL": np.array([1.0])},
    'the column "time" holds no times': {"time": np.array([1, 2])},
    'the column "time" holds a time that is none': {"time": np.array(["2024-05-06", "NaT"], dtype="datetime64[us]")},
    'the column "time of AAPL" holds a time that is none': {
        "time of AAPL": np.array([0, 10**18]).astype("datetime64[us]"),  # in the year 33658
    },
}
"""What is said, by the columns that a disk or another program has changed; the block had two of each."""


@pytest.mark.parametrize("said", DAMAGE)
def test_a_damaged_block_is_told(said: str) -> None:
    row = run_row(make_run())
    damaged = unpack(row["equity"]) | DAMAGE[said]
    with pytest.raises(Unavailable) as refused:
        run_of(row | {"equity": pack(damaged)}, [])
    assert refused.value.message == f"The stored backtest run_1 cannot be read: {said}."
    assert refused.value.hint is not None


def test_a_block_without_equity_is_told() -> None:
    row = run_row(make_run())
    columns = unpack(row["equity"])
    del columns["value"]
    with pytest.raises(Unavailable, match='there is no column "value"'):
        run_of(row | {"equity": pack(columns)}, [])


@pytest.mark.parametrize("text", ["{", "null", '{"run_id": "run_1"}'])
def test_a_damaged_summary_is_told(text: str) -> None:
    with pytest.raises(Unavailable, match=r"^The stored backtest run_1 cannot be read: "):
        summary_of_text(text, "run_1")
