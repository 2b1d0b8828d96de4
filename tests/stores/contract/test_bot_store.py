"""The contract of BotStore."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from backend.domain.errors import Conflict, NotFound
from backend.stores import Stores
from tests.samples import aapl_bars, flat_bars
from tests.stores.samples import NOON, OWNER, STRANGER, as_row, make_bot, make_dataset, make_session


def test_a_bot_comes_back_with_its_bars_and_is_named_on_its_session(with_sessions: Stores) -> None:
    datasets = (make_dataset("AAPL"), make_dataset("IBM"))
    with_sessions.datasets.store_datasets(OWNER, "ses_1", datasets)
    bot = make_bot(datasets=datasets, bars=(aapl_bars(),))
    with_sessions.bots.add_bot(bot, [aapl_bars()])
    assert with_sessions.bots.load_bot(OWNER, "bot_1") == bot
    assert as_row(with_sessions.bots.load_snapshot(OWNER, aapl_bars().content_hash)) == as_row(aapl_bars())
    assert with_sessions.sessions.load_session(OWNER, "ses_1") == make_session(bot_id="bot_1")


def test_several_bots_may_share_datasets_and_bars(with_sessions: Stores) -> None:
    dataset, bars = make_dataset(), flat_bars([1, 2])
    with_sessions.datasets.store_datasets(OWNER, "ses_1", [dataset])
    for n in (1, 2):
        bot = make_bot(f"bot_{n}", name=f"Bot {n}", datasets=(dataset,), bars=(bars,))
        with_sessions.bots.add_bot(bot, [bars] if n == 1 else [])
    assert len(with_sessions.bots.list_bots(OWNER)) == 2
    assert with_sessions.sessions.load_session(OWNER, "ses_1").bot_id == "bot_2"


def test_bots_are_listed_newest_first(with_sessions: Stores) -> None:
    for name, hours in (("b", 0), ("a", 2), ("c", 0)):
        with_sessions.bots.add_bot(make_bot(name, name=name, created_at=NOON + timedelta(hours=hours)), [])
    assert [bot.bot_id for bot in with_sessions.bots.list_bots(OWNER)] == ["a", "c", "b"]


def test_a_name_is_taken_once_by_each_owner(with_sessions: Stores) -> None:
    with_sessions.bots.add_bot(make_bot(), [])
    with pytest.raises(Conflict, match=r'a bot named "Momentum" already \(bot_1\)'):
        with_sessions.bots.add_bot(make_bot("bot_2"), [flat_bars([1])])
    with_sessions.bots.add_bot(make_bot("bot_3", STRANGER, session_id="ses_bob"), [])
    with pytest.raises(Conflict, match='a bot "bot_1" already'):
        with_sessions.bots.add_bot(make_bot("bot_1", name="Other"), [])


def test_a_bot_needs_datasets_of_its_own_owner(with_sessions: Stores) -> None:
    theirs = make_dataset()
    with_sessions.datasets.store_datasets(STRANGER, "ses_bob", [theirs])
    with pytest.raises(NotFound, match=f'no dataset "{theirs.id}"'):
        with_sessions.bots.add_bot(make_bot(datasets=(theirs,), bars=(flat_bars([1]),)), [flat_bars([1])])
    assert with_sessions.bots.list_bots(OWNER) == ()
    assert with_sessions.sessions.load_session(OWNER, "ses_1").bot_id is None
    with pytest.raises(NotFound):
        with_sessions.bots.load_snapshot(OWNER, flat_bars([1]).content_hash)


def test_a_bot_needs_the_bars_that_it_names(with_sessions: Stores) -> None:
    with pytest.raises(NotFound, match="no pinned bars"):
        with_sessions.bots.add_bot(make_bot(bars=(flat_bars([1]),)), [flat_bars([2])])
    assert with_sessions.bots.list_bots(OWNER) == ()


def test_a_bot_needs_a_session_of_its_own_owner(with_sessions: Stores) -> None:
    with pytest.raises(NotFound, match='no session "ses_bob"'):
        with_sessions.bots.add_bot(make_bot(session_id="ses_bob"), [])
    assert with_sessions.bots.list_bots(OWNER) == ()


def test_an_owner_sees_only_bots_of_their_own(with_sessions: Stores) -> None:
    with_sessions.bots.add_bot(make_bot(), [])
    assert with_sessions.bots.list_bots(STRANGER) == ()
    with pytest.raises(NotFound) as refused:
        with_sessions.bots.load_bot(STRANGER, "bot_1")
    assert "did you mean" not in refused.value.hint


def test_an_unknown_bot_is_told_with_what_resembles_it(with_sessions: Stores) -> None:
    with_sessions.bots.add_bot(make_bot("bot_abc"), [])
    with pytest.raises(NotFound, match='no bot "bot_abd"') as refused:
        with_sessions.bots.load_bot(OWNER, "bot_abd")
    assert refused.value.hint == 'did you mean "bot_abc"?'


def test_a_snapshot_is_read_by_who_pinned_it(with_sessions: Stores) -> None:
    bars = flat_bars([1, 2])
    with_sessions.bots.add_bot(make_bot(bars=(bars,)), [bars])
    with pytest.raises(NotFound, match="no pinned bars"):
        with_sessions.bots.load_snapshot(STRANGER, bars.content_hash)


def test_pinned_bars_keep_their_adjustments(with_sessions: Stores) -> None:
    raw, adjusted = flat_bars([1, 2]), replace(flat_bars([1, 2]), adjustment=np.array([0.5, 1.0]))
    with_sessions.bots.add_bot(make_bot(bars=(raw, adjusted)), [raw, adjusted])
    assert raw.content_hash != adjusted.content_hash
    for bars in (raw, adjusted):
        assert as_row(with_sessions.bots.load_snapshot(OWNER, bars.content_hash)) == as_row(bars)


def test_nobody_pins_a_snapshot_of_another_owner_by_its_name_alone(with_sessions: Stores) -> None:
    bars = flat_bars([1, 2])
    with_sessions.bots.add_bot(make_bot(bars=(bars,)), [bars])
    theirs = make_bot("bot_bob", STRANGER, session_id="ses_bob", bars=(bars,))
    with pytest.raises(NotFound, match="no pinned bars"):
        with_sessions.bots.add_bot(theirs, [])
    with_sessions.bots.add_bot(theirs, [bars])
    assert as_row(with_sessions.bots.load_snapshot(STRANGER, bars.content_hash)) == as_row(bars)


def test_a_deleted_bot_is_gone_and_its_datasets_stay(with_sessions: Stores) -> None:
    dataset, bars = make_dataset(), flat_bars([1, 2])
    with_sessions.datasets.store_datasets(OWNER, "ses_1", [dataset])
    with_sessions.bots.add_bot(make_bot(datasets=(dataset,), bars=(bars,)), [bars])
    with_sessions.bots.delete_bot(OWNER, "bot_1")
    assert with_sessions.bots.list_bots(OWNER) == ()
    with pytest.raises(NotFound, match="no pinned bars"):
        with_sessions.bots.load_snapshot(OWNER, bars.content_hash)
    assert with_sessions.datasets.load_dataset(OWNER, dataset.id).id == dataset.id
    assert with_sessions.sessions.load_session(OWNER, "ses_1") == make_session()
    with_sessions.bots.add_bot(make_bot(datasets=(dataset,), bars=(bars,)), [bars])
    assert with_sessions.sessions.load_session(OWNER, "ses_1").bot_id == "bot_1"


def test_a_snapshot_goes_with_the_last_bot_that_pins_it(with_sessions: Stores) -> None:
    shared, own = flat_bars([1, 2]), flat_bars([3])
    with_sessions.bots.add_bot(make_bot(bars=(shared, own)), [shared, own])
    with_sessions.bots.add_bot(make_bot("bot_b", STRANGER, session_id="ses_bob", bars=(shared,)), [shared])
    with_sessions.bots.delete_bot(OWNER, "bot_1")
    assert as_row(with_sessions.bots.load_snapshot(STRANGER, shared.content_hash)) == as_row(shared)
    with_sessions.bots.delete_bot(STRANGER, "bot_b")
    with pytest.raises(NotFound):
        with_sessions.bots.load_snapshot(STRANGER, shared.content_hash)


def test_a_session_that_names_another_bot_keeps_its_name(with_sessions: Stores) -> None:
    for n in (1, 2):
        with_sessions.bots.add_bot(make_bot(f"bot_{n}", name=f"Bot {n}"), [])
    with_sessions.bots.delete_bot(OWNER, "bot_1")
    assert with_sessions.sessions.load_session(OWNER, "ses_1").bot_id == "bot_2"


def test_only_its_owner_deletes_a_bot(with_sessions: Stores) -> None:
    with_sessions.bots.add_bot(make_bot(), [])
    for owner, bot_id in ((STRANGER, "bot_1"), (OWNER, "bot_2")):
        with pytest.raises(NotFound, match=f'no bot "{bot_id}"'):
            with_sessions.bots.delete_bot(owner, bot_id)
    assert with_sessions.bots.load_bot(OWNER, "bot_1") == make_bot()
