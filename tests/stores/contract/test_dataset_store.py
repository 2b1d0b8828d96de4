"""The contract of DatasetStore."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.domain.errors import InvalidInput, NotFound
from backend.domain.sentiment import DatasetLink, SentimentDataset, SentimentDay
from backend.domain.timeframes import Timeframe
from backend.stores import Stores
from tests.stores.samples import (
    NOON,
    OWNER,
    STRANGER,
    as_row,
    make_bot,
    make_dataset,
    make_day,
    make_days,
    make_post,
    make_session,
    make_visit,
    period,
)


def newest(stores: Stores, owner: str = OWNER) -> SentimentDataset | None:
    stored = stores.datasets.read_series(owner, "AAPL", "reddit", Timeframe.DAY, "finance_lexicon/1")
    return next((dataset for dataset in stored.datasets if dataset.provider == "file"), None)


def test_a_version_comes_back_bit_for_bit(with_sessions: Stores) -> None:
    dataset = make_dataset(days=make_days(250))
    assert with_sessions.datasets.store_datasets(OWNER, "ses_1", [dataset]) == 1
    stored = with_sessions.datasets.load_dataset(OWNER, dataset.id)
    assert as_row(stored) == as_row(dataset)
    assert stored.content_hash == dataset.content_hash


def test_equal_content_is_one_version_and_is_linked_again(with_sessions: Stores) -> None:
    with_sessions.sessions.add_session(make_session("ses_2"))
    dataset, other = make_dataset(), make_dataset(symbol="IBM")
    assert with_sessions.datasets.store_datasets(OWNER, "ses_1", [dataset]) == 1
    assert with_sessions.datasets.store_datasets(OWNER, "ses_1", [dataset, dataset]) == 0
    assert with_sessions.datasets.store_datasets(OWNER, "ses_2", [dataset, other]) == 1
    assert with_sessions.datasets.session_datasets(OWNER, "ses_1") == (DatasetLink.of(dataset),)
    assert with_sessions.datasets.session_datasets(OWNER, "ses_2") == (DatasetLink.of(dataset), DatasetLink.of(other))


def test_the_newest_version_is_the_one_stored_last(with_sessions: Stores) -> None:
    assert newest(with_sessions) is None
    first, second = make_dataset(days=make_days(3)), make_dataset(days=make_days(5))
    for dataset in (first, second, first):
        with_sessions.datasets.store_datasets(OWNER, "ses_1", [dataset])
    stored = newest(with_sessions)
    assert stored is not None
    assert stored.id == second.id


@pytest.mark.parametrize(
    "changes",
    [
        {"symbol": "IBM"},
        {"channel": "news"},
        {"provider": "sample"},
        {"timeframe": Timeframe.HOUR},
        {"scorer": "vader/1"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_newest_version_is_of_the_very_series(with_sessions: Stores, changes: dict[str, Any]) -> None:
    with_sessions.datasets.store_datasets(OWNER, "ses_1", [make_dataset(**changes)])
    assert newest(with_sessions) is None


def test_links_are_ordered_by_symbol_and_channel(with_sessions: Stores) -> None:
    datasets = [make_dataset("IBM", "news"), make_dataset("AAPL", "reddit"), make_dataset("AAPL", "news")]
    with_sessions.datasets.store_datasets(OWNER, "ses_1", datasets)
    links = with_sessions.datasets.session_datasets(OWNER, "ses_1")
    assert [(link.symbol, link.channel) for link in links] == [("AAPL", "news"), ("AAPL", "reddit"), ("IBM", "news")]


def test_an_owner_sees_only_datasets_of_their_own(with_sessions: Stores) -> None:
    dataset = make_dataset()
    with_sessions.datasets.store_datasets(OWNER, "ses_1", [dataset])
    assert newest(with_sessions, STRANGER) is None
    assert with_sessions.datasets.session_datasets(STRANGER, "ses_1") == ()
    with pytest.raises(NotFound) as refused:
        with_sessions.datasets.load_dataset(STRANGER, dataset.id)
    assert "did you mean" not in refused.value.hint


def test_two_owners_may_store_equal_content(with_sessions: Stores) -> None:
    dataset = make_dataset()
    with_sessions.datasets.store_datasets(OWNER, "ses_1", [dataset])
    assert with_sessions.datasets.store_datasets(STRANGER, "ses_bob", [dataset]) == 1
    assert with_sessions.datasets.session_datasets(STRANGER, "ses_bob") == (DatasetLink.of(dataset),)


def test_nothing_is_stored_for_a_session_that_the_owner_does_not_have(with_sessions: Stores) -> None:
    for session_id in ("ses_none", "ses_bob"):
        with pytest.raises(NotFound, match=f'no session "{session_id}"'):
            with_sessions.datasets.store_datasets(OWNER, session_id, [make_dataset()])
    assert newest(with_sessions) is None


def test_an_unknown_version_is_told_with_what_resembles_it(with_sessions: Stores) -> None:
    dataset = make_dataset()
    with_sessions.datasets.store_datasets(OWNER, "ses_1", [dataset])
    with pytest.raises(NotFound) as refused:
        with_sessions.datasets.load_dataset(OWNER, dataset.id[:-1])
    assert refused.value.hint == f'did you mean "{dataset.id}"?'


def test_one_read_tells_of_the_posts_and_the_newest_version_of_every_provider(with_sessions: Stores) -> None:
    with_sessions.posts.write_posts("file", [make_post("a")])
    with_sessions.posts.write_posts("archive", [make_post("b"), make_post("c", symbol="IBM")])
    with_sessions.posts.write_collected(make_visit("col_1", hours=(0, 1)), [])
    older, newer = make_dataset(days=make_days(3)), make_dataset(days=make_days(5))
    bought = make_dataset(days=make_days(4), provider="bought", id="dst_bought")
    for dataset in (older, newer, bought):
        with_sessions.datasets.store_datasets(OWNER, "ses_1", [dataset])
    stored = with_sessions.datasets.read_series(OWNER, "AAPL", "reddit", Timeframe.DAY, "finance_lexicon/1")
    assert stored.spans == tuple(span for span in with_sessions.posts.post_spans() if span.symbol == "AAPL")
    assert [span.provider for span in stored.spans] == ["archive", "file", "reddit"]
    assert [as_row(dataset) for dataset in stored.datasets] == [as_row(bought), as_row(newer)]


def test_one_read_tells_of_an_owners_own_posts_alone(with_sessions: Stores, strangers: Stores) -> None:
    strangers.posts.write_posts("file", [make_post("a")])
    strangers.datasets.store_datasets(STRANGER, "ses_bob", [make_dataset()])
    stored = with_sessions.datasets.read_series(OWNER, "AAPL", "reddit", Timeframe.DAY, "finance_lexicon/1")
    assert (stored.spans, stored.datasets) == ((), ())


def test_no_versions_may_be_stored_for_a_session_that_is_there(with_sessions: Stores) -> None:
    assert with_sessions.datasets.store_datasets(OWNER, "ses_1", []) == 0
    with pytest.raises(NotFound, match='no session "ses_none"'):
        with_sessions.datasets.store_datasets(OWNER, "ses_none", [])


LATER = NOON + timedelta(days=1)


def stored_at(moment: datetime, symbol: str) -> SentimentDataset:
    dataset = make_dataset(symbol)
    return replace(dataset, metadata=dataset.metadata.model_copy(update={"fetched_at": moment}))


def test_versions_are_listed_with_those_who_keep_them(with_sessions: Stores) -> None:
    first, second, third = (make_dataset(symbol, days=make_days(3)) for symbol in ("AAPL", "IBM", "MSFT"))
    with_sessions.sessions.add_session(make_session("ses_2", status="running"))
    with_sessions.datasets.store_datasets(OWNER, "ses_1", [first, second])
    with_sessions.datasets.store_datasets(OWNER, "ses_2", [second, third])
    with_sessions.bots.add_bot(make_bot(datasets=(first,)), [])
    with_sessions.sessions.save_session(make_session("ses_1", status="done", bot_id="bot_1"))
    listed = with_sessions.datasets.list_datasets(OWNER)
    assert {use.dataset.id: (use.bots, use.sessions) for use in listed} == {
        first.id: (("bot_1",), ()),
        second.id: ((), ("ses_2",)),
        third.id: ((), ("ses_2",)),
    }
    for dataset in (first, second, third):
        use = with_sessions.datasets.dataset_use(OWNER, dataset.id)
        assert use in listed
        assert use.dataset == DatasetLink.of(dataset)


def test_versions_are_listed_page_by_page(with_sessions: Stores) -> None:
    made = [make_dataset(days=make_days(size)) for size in (3, 4, 5)]
    for dataset in made:
        with_sessions.datasets.store_datasets(OWNER, "ses_1", [dataset])
    with_sessions.datasets.store_datasets(STRANGER, "ses_bob", [make_dataset("IBM")])
    newest_first = [dataset.id for dataset in reversed(made)]
    listed = with_sessions.datasets.list_datasets(OWNER, 2)
    assert [use.dataset.id for use in listed] == newest_first[:2]
    rest = with_sessions.datasets.list_datasets(OWNER, 2, listed[-1].dataset.id)
    assert [use.dataset.id for use in rest] == newest_first[2:]
    with pytest.raises(InvalidInput, match='no dataset "ds_none" to go on behind'):
        with_sessions.datasets.list_datasets(OWNER, 2, "ds_none")
    with pytest.raises(NotFound, match="no dataset"):
        with_sessions.datasets.dataset_use(STRANGER, newest_first[0])


def test_orphans_are_of_no_bot_and_of_no_running_session(with_sessions: Stores) -> None:
    datasets, sessions = with_sessions.datasets, with_sessions.sessions
    sessions.add_session(make_session("ses_2"))
    ended, running, kept, fresh = (
        stored_at(moment, symbol) for moment, symbol in ((NOON, "A"), (NOON, "B"), (NOON, "C"), (LATER, "D"))
    )
    datasets.store_datasets(OWNER, "ses_1", [ended, running, kept, fresh])
    datasets.store_datasets(OWNER, "ses_2", [running])
    assert datasets.orphans(OWNER, LATER) == ()
    sessions.save_session(make_session(status="done"))
    with_sessions.bots.add_bot(make_bot(datasets=(kept,)), [])
    assert datasets.orphans(OWNER, LATER) == (DatasetLink.of(ended),)
    assert datasets.orphans(OWNER, LATER + timedelta(seconds=1)) == (DatasetLink.of(ended), DatasetLink.of(fresh))
    assert datasets.orphans(STRANGER, LATER) == ()


def test_only_orphans_are_deleted(with_sessions: Stores) -> None:
    datasets, sessions = with_sessions.datasets, with_sessions.sessions
    orphan, kept, fresh = stored_at(NOON, "A"), stored_at(NOON, "B"), stored_at(LATER, "C")
    datasets.store_datasets(OWNER, "ses_1", [orphan, kept, fresh])
    sessions.save_session(make_session(status="failed"))
    with_sessions.bots.add_bot(make_bot(datasets=(kept,)), [])
    everything = [dataset.id for dataset in (orphan, kept, fresh)]
    assert datasets.delete_orphans(STRANGER, everything, LATER) == 0
    assert datasets.delete_orphans(OWNER, [], LATER) == 0
    assert datasets.delete_orphans(OWNER, everything, LATER) == 1
    assert [link.symbol for link in datasets.session_datasets(OWNER, "ses_1")] == ["B", "C"]
    with pytest.raises(NotFound):
        datasets.load_dataset(OWNER, orphan.id)
    assert datasets.delete_orphans(OWNER, everything, LATER) == 0


def test_an_orphan_that_a_session_has_taken_up_again_stays(with_sessions: Stores) -> None:
    orphan = stored_at(NOON, "A")
    with_sessions.datasets.store_datasets(OWNER, "ses_1", [orphan])
    with_sessions.sessions.save_session(make_session(status="done"))
    (found,) = with_sessions.datasets.orphans(OWNER, LATER)
    with_sessions.sessions.add_session(make_session("ses_2"))
    with_sessions.datasets.store_datasets(OWNER, "ses_2", [orphan])
    assert with_sessions.datasets.delete_orphans(OWNER, [found.id], LATER) == 0
    assert with_sessions.datasets.load_dataset(OWNER, orphan.id).id == orphan.id


def test_a_version_that_another_program_deleted_is_stored_again(
    with_sessions: Stores, stores_of: Callable[[str], Stores]
) -> None:
    kept, lost, new = stored_at(NOON, "A"), stored_at(NOON, "B"), stored_at(NOON, "C")
    assert with_sessions.datasets.store_datasets(OWNER, "ses_1", [kept, lost]) == 2
    with_sessions.sessions.save_session(make_session(status="done"))
    assert stores_of(OWNER).datasets.delete_orphans(OWNER, [lost.id], LATER) == 1
    with_sessions.sessions.add_session(make_session("ses_2"))
    assert with_sessions.datasets.store_datasets(OWNER, "ses_2", [kept, lost, new]) == 2
    linked = with_sessions.datasets.session_datasets(OWNER, "ses_2")
    assert linked == tuple(DatasetLink.of(dataset) for dataset in (kept, lost, new))


def read_days(stores: Stores, owner: str = OWNER, **other: Any) -> tuple[SentimentDay, ...]:
    series = {"symbol": "AAPL", "channel": "reddit", "provider": "file", "scorer": "finance_lexicon/1"} | other
    return stores.datasets.read_days(owner, **series, period=period("2024-05-06", "2024-05-07"))


def write_days(stores: Stores, *days: SentimentDay) -> None:
    stores.datasets.write_days(OWNER, "AAPL", "reddit", "file", "finance_lexicon/1", days)


def test_records_of_single_sessions_come_back_as_they_were(stores: Stores) -> None:
    failed = make_day("2024-05-07", coverage="failed", failed_reason="503", mean=None, posts=0, available_posts=None)
    write_days(stores, failed, make_day("2024-05-06"), make_day("2024-05-08"))
    assert read_days(stores) == (make_day("2024-05-06"), failed)
    assert read_days(stores, STRANGER) == ()
    for name, other in (("symbol", "IBM"), ("channel", "news"), ("provider", "x"), ("scorer", "vader/1")):
        assert read_days(stores, **{name: other}) == ()


def test_a_record_of_a_session_written_again_replaces_the_first(stores: Stores) -> None:
    write_days(stores, make_day(posts=1), make_day("2024-05-07"))
    write_days(stores, make_day(posts=2), make_day(posts=3))
    write_days(stores)
    assert [day.posts for day in read_days(stores)] == [3, 5]
