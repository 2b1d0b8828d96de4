"""A bot says what is no longer as it was when it was saved."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.bootstrap import Application
from backend.domain.bars import Bars
from backend.domain.bots import Bot, BotChange
from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe
from backend.services.bot_changes import BotChanges
from backend.settings import Settings
from tests.samples import aapl_bars
from tests.stores.samples import make_bot, make_dataset, make_days, make_session

BARS = aapl_bars().window(0, 500)
WHOLE = Period(start=BARS.session[0].astype(object), end=BARS.session[-1].astype(object))


@pytest.fixture
def application(tmp_path: Path) -> Application:
    """With stored bars of a source of one's own, which nobody serves again."""
    made = Application(Settings(data_dir=tmp_path, prices=("file",), posts=("file",)))
    made.stores.market.write_bars(replace(BARS, source="file"), WHOLE)
    made.stores.sessions.add_session(make_session("ses_1", "local"))
    return made


def keep(application: Application, bars: Bars = BARS, **fields: Any) -> Bot:
    pinned = replace(bars, source="file")
    bot = make_bot(owner="local", symbols=("AAPL",), bars=(pinned,), engine_version="2", **fields)
    application.stores.bots.add_bot(bot, [pinned])
    return bot


def changes(application: Application, bot: Bot, engine: str = "2") -> tuple[BotChange, ...]:
    stores = application.stores.bots, application.stores.datasets
    application.market.forget()
    return BotChanges(stores, application.market.stored(), engine).of("local", [bot])[bot.bot_id]


def test_nothing_has_changed_at_first(application: Application) -> None:
    assert changes(application, keep(application)) == ()


def test_another_engine_is_named(application: Application) -> None:
    [change] = changes(application, keep(application), engine="3")
    assert (change.kind, change.what) == ("engine", "3")
    assert change.note == "It was tested with engine 2, and this is engine 3."


def test_bars_that_are_adjusted_anew_are_counted(application: Application) -> None:
    bot = keep(application)
    close = BARS.close.copy()
    close[-3:] = BARS.low[-3:]
    application.stores.market.replace_series(replace(BARS, source="file", close=close), WHOLE)
    [change] = changes(application, bot)
    assert (change.kind, change.what) == ("bars", "AAPL")
    assert change.note == "The prices of AAPL changed: 3 of 500 bars have other values."


def test_bars_that_came_later_change_nothing(application: Application) -> None:
    bot = keep(application)
    more = replace(aapl_bars().window(0, 520), source="file")
    longer = Period(start=WHOLE.start, end=more.session[-1].astype(object))
    application.stores.market.replace_series(more, longer)
    assert changes(application, bot) == ()


def test_bars_that_were_deleted_are_missed(application: Application) -> None:
    bot = keep(application)
    application.stores.market.delete_bars(before=WHOLE.start + timedelta(days=30))
    [change] = changes(application, bot)
    assert change.kind == "bars_missing"
    application.stores.market.delete_bars()
    assert [change.kind for change in changes(application, bot)] == ["bars_missing"]


def test_the_same_bars_of_another_source_are_said_to_be_so(tmp_path: Path, application: Application) -> None:
    application.stores.market.delete_bars()
    other = Application(Settings(data_dir=tmp_path, prices=("file", "sample"), posts=("file",)))
    bot = keep(application, other.market.bars("AAPL", Timeframe.DAY, WHOLE).bars)
    [change] = changes(other, bot)
    assert change.kind == "source"
    assert change.note == "The prices of AAPL come from sample now, not from file; they are the same."


def test_a_newer_version_of_a_dataset_is_named(application: Application) -> None:
    first, second = (make_dataset("AAPL", days=make_days(size)) for size in (3, 5))
    application.stores.datasets.store_datasets("local", "ses_1", [first])
    bot = keep(application, datasets=(first,))
    assert changes(application, bot) == ()
    application.stores.datasets.store_datasets("local", "ses_1", [second])
    [change] = changes(application, bot)
    assert (change.kind, change.what) == ("dataset", first.id)
    assert second.id in change.note
