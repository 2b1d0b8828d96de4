"""Each symbol has its own bars, its own sentiment and the other symbols that its strategy reads."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.bootstrap import Application
from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.moments import period_of
from backend.domain.spec import Rotation, StrategySpec
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.language import compile_spec
from backend.providers.prices import price_sources
from backend.services.counters import DataCounters
from backend.services.gathering import Gathering, Material, Needs, Wish
from backend.services.market_data import MarketData, OpenPeriod, SharedBars
from backend.settings import Settings
from tests.samples import minute_bars
from tests.services.market.quotes import own_locks
from tests.services.memory_stores import MemoryMarketStore

UP = "close > sma(close, 20)"
BESIDE = 'close > sma(close, 20) and of("MSFT", close > sma(close, 300))'


@pytest.fixture
def gathering(tmp_path: Path) -> Gathering:
    app = Application(Settings(data_dir=tmp_path))
    return Gathering(app.market, app.datasets)


def _gather(gathering: Gathering, entry: str, symbols: str, start: str = "", end: str = "", **spec: Any) -> Material:
    ends = [date.fromisoformat(day) if day else None for day in (start, end)]
    wish = Wish("local", tuple(symbols.split()), Timeframe.DAY, OpenPeriod(*ends))
    return gathering.gather(wish, Needs.of(compile_spec(StrategySpec(name="x", long_entry=entry, **spec))))


def test_each_symbol_has_its_own_bars_and_posts(gathering: Gathering) -> None:
    found = _gather(gathering, 'sentiment("reddit") > 0', "MSFT AAPL", "2005-01-03", "2005-12-30")
    assert [frame.bars.symbol for frame in found.frames] == ["MSFT", "AAPL"]
    one, other = (frame.sentiment["reddit"].mean[rows] for frame, rows in zip(found.frames, found.rows, strict=True))
    assert one.size == other.size == 252
    assert not np.array_equal(one, other, equal_nan=True)


def test_another_symbol_comes_with_the_same_period_and_enough_warm_up(gathering: Gathering) -> None:
    found = _gather(gathering, BESIDE, "AAPL", "2005-01-03", "2005-12-30")
    (frame,), (rows,) = found.frames, found.rows
    other = frame.others["MSFT"]
    assert rows.start == 300  # of("MSFT", sma(close, 300)) is known at the close before the first bar
    assert other.bars.end[0] == frame.bars.end[0]
    assert other.bars.end[-1] == frame.bars.end[-1]
    assert compile_spec(StrategySpec(name="x", long_entry=BESIDE)).signals(frame).long_entry[rows].any()


def test_posts_inside_of_are_those_of_the_other_symbol(gathering: Gathering) -> None:
    found = _gather(gathering, 'of("MSFT", sentiment("reddit") > 0)', "AAPL", "2005-01-03", "2005-12-30")
    assert set(found.frames[0].sentiment) == set()
    assert set(found.frames[0].others["MSFT"].sentiment) == {"reddit", "all"}
    assert any("MSFT" in notice and "synthetic" in notice for notice in found.notices)


def test_a_traded_symbol_reads_itself_without_a_second_frame(gathering: Gathering) -> None:
    found = _gather(gathering, BESIDE, "MSFT AAPL", "2005-01-03", "2005-12-30")
    assert [set(frame.others) for frame in found.frames] == [set(), {"MSFT"}]


def test_a_symbol_with_less_history_is_used_as_far_as_it_reaches(gathering: Gathering) -> None:
    """GOOG was listed on 2004-08-19."""
    found = _gather(gathering, UP, "AAPL GOOG", "2004-01-02", "2005-12-30")
    sessions = [frame.bars.session[rows] for frame, rows in zip(found.frames, found.rows, strict=True)]
    assert [str(session[0]) for session in sessions] == ["2004-01-02", "2004-08-19"]
    assert [str(session[-1]) for session in sessions] == ["2005-12-30"] * 2
    assert "GOOG has no bars before 2004-08-19: until then it is not traded." in found.notices


def test_an_open_period_reaches_as_far_as_any_symbol(gathering: Gathering) -> None:
    found = _gather(gathering, UP, "GOOG AAPL", end="2005-12-30")
    assert [str(frame.bars.session[rows][0]) for frame, rows in zip(found.frames, found.rows, strict=True)] == [
        "2004-08-19",
        "2000-03-01",
    ]
    assert "GOOG has no bars before 2004-08-19: until then it is not traded." in found.notices


def test_a_stated_start_that_no_symbol_reaches_is_noticed_for_each(gathering: Gathering) -> None:
    found = _gather(gathering, UP, "AAPL IBM", "1999-01-04", "2005-12-30")
    assert [str(frame.bars.session[rows][0]) for frame, rows in zip(found.frames, found.rows, strict=True)] == [
        "2000-03-01"
    ] * 2
    told = "{} has no bars before 2000-03-01: until then it is not traded."
    assert {told.format("AAPL"), told.format("IBM")} <= set(found.notices)


def test_a_stated_start_on_a_holiday_is_no_shortfall(gathering: Gathering) -> None:
    found = _gather(gathering, UP, "AAPL IBM", "2005-01-01", "2005-12-31")
    assert not any("has no bars" in notice for notice in found.notices)


def test_a_session_that_is_not_over_is_no_shortfall(tmp_path: Path) -> None:
    """On 2024-12-06 before the close, "until today" ends with the day before, which the market notices say."""
    store = MemoryMarketStore()
    for symbol in ("ONE", "TWO"):
        bars = replace(minute_bars(date(2024, 12, 2), date(2024, 12, 5)), symbol=symbol, source="file")
        store.write_bars(bars, period_of(bars.session))
    sources = price_sources(["file"], trading_calendar)
    now = datetime(2024, 12, 6, 15, 0, tzinfo=UTC)
    market = MarketData(SharedBars(store, own_locks()), sources, DataCounters(), lambda: now)
    wish = Wish("local", ("ONE", "TWO"), Timeframe.MINUTE, OpenPeriod(date(2024, 12, 2), date(2024, 12, 6)))
    compiled = compile_spec(StrategySpec(name="x", long_entry="close > 0"))
    found = Gathering(market, Application(Settings(data_dir=tmp_path)).datasets).gather(wish, Needs.of(compiled))
    assert [rows.stop for rows in found.rows] == [1560, 1560]
    assert not any("has no bars after" in notice for notice in found.notices)


def test_another_symbol_may_have_less_history(gathering: Gathering) -> None:
    found = _gather(gathering, 'of("GOOG", close > sma(close, 20))', "AAPL", "2004-01-02", "2005-12-30")
    assert str(found.frames[0].others["GOOG"].bars.session[0]) == "2004-08-19"
    told = 'GOOG has no bars before 2004-08-19: until then nothing that reads of("GOOG", ...) is known.'
    assert told in found.notices


def test_the_frame_of_a_symbol_that_ends_early_holds_nothing_later(gathering: Gathering, tmp_path: Path) -> None:
    closes = _daily(Application(Settings(data_dir=tmp_path)), "SHORT", "2005-01-03", "2005-06-30")
    assert closes == 125
    found = _gather(gathering, BESIDE, "AAPL SHORT", "2005-01-03", "2005-12-30")
    short = found.frames[1]
    assert str(short.bars.session[-1]) == "2005-06-30"
    assert short.others["MSFT"].bars.end[-1] == short.bars.end[-1]
    assert any(notice.startswith("SHORT has no bars after 2005-06-30") for notice in found.notices)


def test_the_hash_of_several_symbols_knows_their_order(gathering: Gathering) -> None:
    period = ("2005-01-03", "2005-12-30")
    one, other, alone = (_gather(gathering, UP, symbols, *period) for symbols in ("AAPL IBM", "IBM AAPL", "AAPL"))
    assert len({one.data_hash, other.data_hash, alone.data_hash}) == 3
    assert one.data_hash == _gather(gathering, UP, "AAPL IBM", *period).data_hash
    frame, rows = alone.frames[0], alone.rows[0]
    assert alone.data_hash == frame.window(0, rows.stop).data_hash


@pytest.mark.parametrize(
    ("entry", "symbols", "error", "what"),
    [
        (UP, "AAPL MSFTT", DataUnavailable, "MSFTT"),
        ('of("SPYY", close) > 0', "AAPL", DataUnavailable, r'The strategy reads of\("SPYY", ...\): No source has'),
        ('of("MSFT", sentiment("all") > 0)', "AAPL", InvalidInput, '"all"'),
        (UP, "AAPL FB", DataUnavailable, "FB"),
    ],
)
def test_what_cannot_be_gathered_is_refused(
    gathering: Gathering, entry: str, symbols: str, error: type[Exception], what: str
) -> None:
    """FB was listed in 2012, so it has no bar in 2005 at all."""
    with pytest.raises(error, match=what):
        _gather(gathering, entry, symbols, "2005-01-03", "2005-12-30")


def test_a_single_symbol_must_have_the_whole_period(gathering: Gathering) -> None:
    with pytest.raises(DataUnavailable, match="2004-01-02"):
        _gather(gathering, UP, "GOOG", "2004-01-02", "2005-12-30")


def test_the_rank_of_a_rotation_is_warm_at_the_first_bar(gathering: Gathering) -> None:
    rotation = Rotation(rank="roc(close, 400)", top=1, every=5)
    found = _gather(gathering, UP, "AAPL IBM", "2005-01-03", "2005-12-30", rotation=rotation)
    assert [rows.start for rows in found.rows] == [401, 401]  # 400 bars without a value, then one to decide at


def _daily(app: Application, symbol: str, start: str, end: str) -> int:
    """Import rising prices of a symbol of its own; how many there are."""
    days = trading_calendar(date.fromisoformat(start), date.fromisoformat(end)).sessions.tolist()
    rows = [f"{day},{symbol},{n + 10},{n + 11},{n + 9},{n + 10},100" for n, day in enumerate(days)]
    file = app.settings.data_dir / f"{symbol}.csv"
    file.write_text("\n".join(["date,symbol,open,high,low,close,volume", *rows]), encoding="utf-8")
    return app.imports.import_prices(str(file), None, None, accept_jumps=True).rows_taken
