"""The contract of DatasetStore."""

from typing import Any

import pytest

from backend.domain.errors import NotFound
from backend.domain.sentiment import DatasetLink, SentimentDataset
from backend.domain.timeframes import Timeframe
from backend.stores import Stores
from tests.stores.samples import OWNER, STRANGER, as_row, make_dataset, make_days, make_session


def newest(stores: Stores, owner: str = OWNER) -> SentimentDataset | None:
    return stores.datasets.newest_dataset(owner, "AAPL", "reddit", "file", Timeframe.DAY, "finance_lexicon/1")


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
