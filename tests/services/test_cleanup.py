"""Versions that nobody uses are found, deleted when told to, and made again with the same content."""

from datetime import timedelta

import pytest

from backend.domain.errors import Conflict, InvalidInput, NotFound
from backend.services.cleanup import OLD_ENOUGH
from tests.services.datasets.desk import ME, NOW, Desk
from tests.stores.samples import make_bot, make_session


def end(desk: Desk, session: str) -> None:
    desk.stores.sessions.save_session(make_session(session, ME, status="done"))


def test_nothing_is_deleted_unless_told_to(desk: Desk) -> None:
    made = desk.prefetch()
    end(desk, "ses_1")
    desk.now = NOW + OLD_ENOUGH + timedelta(seconds=1)
    found = desk.manager.cleanup_orphans(ME)
    assert [(o.id, o.symbol, o.channel, o.total_days) for o in found.datasets] == [
        (d.id, d.symbol, d.channel, len(d.days)) for d in made.datasets
    ]
    assert found.deleted is None
    assert len(desk.stored) == 2


def test_young_versions_and_those_of_running_sessions_stay(desk: Desk) -> None:
    desk.prefetch()
    assert desk.manager.cleanup_orphans(ME, timedelta(0), apply=True).datasets == ()
    end(desk, "ses_1")
    desk.now = NOW + timedelta(days=29)
    assert desk.manager.cleanup_orphans(ME, apply=True).datasets == ()
    assert len(desk.stored) == 2


def test_what_was_deleted_is_forgotten_and_made_again_with_the_same_content(desk: Desk) -> None:
    made = desk.prefetch()
    end(desk, "ses_1")
    desk.now = NOW + timedelta(seconds=1)
    deleted = desk.manager.cleanup_orphans(ME, timedelta(0), apply=True)
    assert deleted.deleted == 2
    assert desk.stored == []
    calls = desk.counters.source_calls
    again = desk.prefetch(session="ses_2")
    assert desk.counters.source_calls == calls + 2
    assert [d.content_hash for d in again.datasets] == [d.content_hash for d in made.datasets]
    assert len(desk.linked("ses_2")) == 2


def test_a_session_that_goes_on_after_its_versions_were_deleted_stores_them_again(desk: Desk) -> None:
    desk.prefetch()
    end(desk, "ses_1")
    desk.now = NOW + timedelta(seconds=1)
    desk.manager.cleanup_orphans(ME, timedelta(0), apply=True)
    again = desk.prefetch()
    assert desk.linked() == desk.stored == [d.id for d in again.datasets]


def test_versions_of_a_bot_stay(desk: Desk) -> None:
    made = desk.prefetch()
    end(desk, "ses_1")
    links = desk.manager.associate_with_bot(ME, "ses_1")
    desk.stores.bots.add_bot(make_bot(owner=ME, datasets=made.datasets[:1]), ())
    desk.now = NOW + timedelta(seconds=1)
    assert desk.manager.cleanup_orphans(ME, timedelta(0), apply=True).deleted == 1
    assert desk.stored == [links[0].id]
    assert {d.id for d in made.datasets} > set(desk.stored)


def test_a_bot_of_versions_that_were_cleaned_up_is_refused(desk: Desk) -> None:
    desk.prefetch()
    used = desk.manager.associate_with_bot(ME, "ses_1")
    end(desk, "ses_1")
    desk.now = NOW + timedelta(seconds=1)
    desk.next_process()
    desk.manager.cleanup_orphans(ME, timedelta(0), apply=True)
    with pytest.raises(Conflict, match=f"Dataset {used[0].id} of session ses_1 is no longer stored"):
        desk.manager.associate_with_bot(ME, "ses_1", used)
    with pytest.raises(NotFound):
        desk.manager.versions(ME, used)


@pytest.mark.parametrize(("age", "told"), [(timedelta(days=-1), "negative"), (timedelta(days=10**6), "1000000 days")])
def test_an_age_that_is_none_is_refused(desk: Desk, age: timedelta, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        desk.manager.cleanup_orphans(ME, age)
