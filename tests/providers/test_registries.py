"""Providers are picked by name, and a misspelt name is answered."""

from collections.abc import Callable
from datetime import date

import pytest

from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.providers.posts import post_sources
from backend.providers.posts.file import ImportedPosts
from backend.providers.prices import price_sources
from backend.providers.prices.file import ImportedPrices
from backend.providers.scorers import scorer

MARCH = Period(start=date(2010, 3, 1), end=date(2010, 3, 31))


def test_sources_come_in_the_order_of_the_setting() -> None:
    assert [s.name for s in price_sources(["sample", "file"], trading_calendar)] == ["sample", "file"]
    assert [s.name for s in post_sources(["file", "sample"])] == ["file", "sample"]
    assert scorer("finance_lexicon").version == "1"


@pytest.mark.parametrize(
    ("pick", "message"),
    [
        (lambda: price_sources(["sampel"], trading_calendar), 'no price source "sampel"'),
        (lambda: post_sources(["sampel"]), 'no post source "sampel"'),
        (lambda: scorer("finance_lexikon"), 'no scorer "finance_lexikon"'),
    ],
)
def test_an_unknown_name_is_answered(pick: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        pick()
    assert caught.value.hint.startswith("did you mean")


def test_imported_data_has_nothing_beyond_the_store() -> None:
    prices, posts = ImportedPrices(), ImportedPosts()
    assert prices.symbols() == ()
    assert prices.span("AAPL", Timeframe.DAY) is None
    assert posts.span("AAPL", "reddit") is None
    with pytest.raises(DataUnavailable, match="No file with 1d bars of AAPL"):
        prices.fetch("AAPL", Timeframe.DAY, MARCH)
    with pytest.raises(DataUnavailable, match="No file with reddit posts about AAPL"):
        posts.fetch("AAPL", "reddit", MARCH)
