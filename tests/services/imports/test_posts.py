"""Posts: each row is taken or refused by itself, with a reason."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import InvalidInput
from backend.domain.ports import FileTable
from backend.services.imports import Imports
from tests.services.imports.desk import NOW, Desk, post, stored, values
from tests.services.memory_posts import MemoryPostStore
from tests.services.memory_stores import MemoryMarketStore


def test_posts_are_taken_once() -> None:
    desk = Desk()
    rows = (post(), post(id="p2", user="ann", score=3), post(ticker="PEP"))  # one text about two symbols
    report = desk.records(*rows)
    assert [(t.symbol, t.series, t.rows) for t in report.taken] == [("KO", "twitter", 2), ("PEP", "twitter", 1)]
    assert (report.rows_new, report.rows_already_stored) == (3, 0)
    again = desk.records(*rows)
    assert (again.rows_new, again.rows_already_stored) == (0, 3)


def test_a_date_alone_counts_from_the_midnight_that_ends_it() -> None:
    desk = Desk()
    desk.records(post(created_at="2010-03-01"), post(id="p2", created_at="2010-03-02T15:00:00Z", date_only=True))
    assert [(p.created_at, p.date_only) for p in stored(desk)] == [
        (datetime(2010, 3, 2, tzinfo=UTC), True),
        (datetime(2010, 3, 3, tzinfo=UTC), True),
    ]


def test_lists_of_tickers_titles_and_epochs_are_read() -> None:
    desk = Desk()
    row = post(tickers=["$KO", "pep", "KO"], title="Soda", text="[removed]", created_at=1_267_455_600)
    del row["ticker"]
    desk.records(row)
    assert [(p.symbol, p.text, p.created_at.isoformat()) for p in stored(desk)] == [
        ("KO", "Soda", "2010-03-01T15:00:00+00:00"),
        ("PEP", "Soda", "2010-03-01T15:00:00+00:00"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (post(created_at="soon"), "no date or time"),
        (post(created_at=None), "no date or time"),
        (post(created_at="2010-03-01T15:00:00"), "without a zone"),
        (post(created_at="1970-01-01T00:00:00Z"), "outside 1971..2035"),
        (post(text=" "), "no text"),
        (post(text="[deleted]"), "no text"),
        (post(ticker=None), "names no symbol"),
        (post(ticker="not a ticker!"), "no ticker"),
        (post(source="telegraph"), 'no channel "telegraph"'),
        ("{broken", "not a JSON object"),
        ("[1, 2]", "not a JSON object"),
        (post(), "occur twice"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_no_other(row: dict[str, Any] | str, reason: str) -> None:
    report = Desk().records(post(), row)
    assert report.rows_taken == 1
    (refusal,) = report.refused
    assert reason in refusal.reason
    assert (refusal.rows, refusal.lines) == (1, (2,))


def test_when_nothing_can_be_taken_the_reasons_are_told() -> None:
    with pytest.raises(InvalidInput, match=r"Nothing of posts\.jsonl could be taken: there is no text"):
        Desk().records(post(text=""))


def test_a_channel_and_a_symbol_can_be_stated() -> None:
    desk = Desk()
    desk.records({"created_at": "2010-03-01T15:00:00Z", "text": "up"}, channel="Reddit", symbol="ko")
    (made,) = stored(desk)
    assert (made.channel, made.symbol) == ("reddit", "KO")
    assert made.id.startswith("row_")
    with pytest.raises(InvalidInput, match='no channel "redit"') as caught:
        desk.records(post(), channel="redit")
    assert caught.value.hint == 'did you mean "reddit"?'
    with pytest.raises(InvalidInput, match="no column channel or source"):
        desk.records({"created_at": "2010-03-01", "text": "up", "ticker": "KO"})


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(post(), values)), min_size=1, max_size=5))
def test_no_row_whatever_breaks_an_import(rows: list[dict[str, Any]]) -> None:
    names = list(post())
    columns = {name: [*(row[name] for row in rows), post(id="sound")[name]] for name in names}
    table = FileTable(columns, range(1, len(rows) + 2))
    posts = MemoryPostStore()
    report = Imports((MemoryMarketStore(), posts), lambda *_: table, lambda _: None, lambda: NOW).import_posts("rows")
    assert report.rows_taken >= 1
