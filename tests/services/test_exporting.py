"""What is exported can be imported again, bit for bit, and no file is ever half written."""

from pathlib import Path

import numpy as np
import pytest

from backend.domain.bars import Bars
from backend.domain.errors import Conflict, DataUnavailable, InvalidInput
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.providers.files import read_table
from backend.services.exporting import Destination, Exporting
from backend.services.imports import Imports
from tests.samples import aapl_bars
from tests.services.imports.desk import NOW
from tests.services.market.quotes import DAY, period
from tests.services.memory_posts import MemoryPostStore
from tests.services.memory_stores import MemoryMarketStore

WHOLE = period("2000-03-01", "2013-03-01")


def exporting(*series: Bars) -> Exporting:
    store = MemoryMarketStore()
    for bars in series:
        store.write_bars(bars, WHOLE)
    return Exporting(store, ["file", "sample"])


def sample() -> Bars:
    bars = aapl_bars()
    hours = trading_calendar(WHOLE.start, WHOLE.end)
    columns = bars.arrays() | {"start": hours.opens, "end": hours.closes}
    return Bars(symbol="AAPL", timeframe=DAY, source="sample", **columns)


def minutes() -> Bars:
    """A half day, minute by minute, with prices that need all their digits."""
    hours = trading_calendar(*[period("2012-11-23", "2012-11-23").start] * 2)
    start = hours.opens[0] + np.arange(210) * np.timedelta64(60, "s")
    close = 10 / 3 + np.sqrt(np.arange(210))
    prices = {"open": close, "high": close * 1.1, "low": close * 0.9, "close": close.copy()}
    return Bars(
        symbol="BRK.B",
        timeframe=Timeframe.MINUTE,
        session=np.repeat(hours.sessions, 210),
        start=start,
        end=start + np.timedelta64(60, "s"),
        volume=np.arange(210) / 7,
        source="file",
        adjustment=1 / (1 + np.arange(210)),
        **{name: values.copy() for name, values in prices.items()},
    )


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("bars", [sample(), minutes()], ids=["daily", "minutes"])
def test_an_export_is_imported_as_the_same_bars(bars: Bars, ending: str, own_home: Path) -> None:
    file = own_home / f"bars.{ending}"
    report = exporting(bars).export(bars.symbol, bars.timeframe, Destination(file))
    assert (report.rows, report.source, report.format) == (len(bars), bars.source, ending)
    back = MemoryMarketStore()
    Imports((back, MemoryPostStore()), read_table, lambda _: None, lambda: NOW).import_prices(str(file))
    found = back.read_bars(bars.symbol, bars.timeframe, "file", WHOLE)
    assert found is not None
    assert found.content_hash == bars.content_hash
    assert [path.name for path in own_home.iterdir()] == [file.name]


def test_a_file_is_not_overwritten_unless_that_is_said(own_home: Path) -> None:
    file = own_home / "aapl.csv"
    file.write_text("mine")
    with pytest.raises(Conflict, match="is there already"):
        exporting(sample()).export("AAPL", DAY, Destination(file))
    assert file.read_text() == "mine"
    exporting(sample()).export("aapl", DAY, Destination(file, overwrite=True))
    assert file.read_text().startswith(
        "symbol,source,date,open,high,low,close,volume,adj_close,adjustment\nAAPL,sample,2000-03-01,"
    )


def test_what_cannot_be_exported_is_said(own_home: Path) -> None:
    with pytest.raises(DataUnavailable, match="No 1d bars of IBM are stored") as caught:
        exporting(sample()).export("IBM", DAY, Destination(own_home / "ibm.csv"))
    assert "data warm IBM" in caught.value.hint
    with pytest.raises(InvalidInput, match="names no format"):
        exporting(sample()).export("AAPL", DAY, Destination(own_home / "aapl.xlsx"))
    for stated in (None, "csv"):
        with pytest.raises(InvalidInput, match=r"aapl\.csv\.gz would be a compressed file") as packed:
            exporting(sample()).export("AAPL", DAY, Destination(own_home / "aapl.csv.gz", stated))
        assert "name it aapl.csv, and compress it afterwards" in packed.value.hint
    for place in (own_home, own_home / "nowhere" / "aapl.csv"):
        with pytest.raises(InvalidInput, match="no place for a file"):
            exporting(sample()).export("AAPL", DAY, Destination(place, "csv"))


def test_a_file_that_breaks_off_is_not_left(own_home: Path) -> None:
    half_a_character = Bars(symbol="\ud800", timeframe=DAY, source="sample", **sample().arrays())
    with pytest.raises(UnicodeEncodeError):
        exporting(half_a_character).export("\ud800", DAY, Destination(own_home / "broken.csv"))
    assert list(own_home.iterdir()) == []
