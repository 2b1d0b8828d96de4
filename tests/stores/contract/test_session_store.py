"""The contract of SessionStore."""

from datetime import timedelta

import numpy as np
import pytest

from backend.domain.errors import Conflict, InvalidInput, NotFound
from backend.stores import Stores
from tests.stores.samples import (
    NOON,
    OWNER,
    STRANGER,
    VERDICT,
    as_row,
    make_attempt,
    make_opening,
    make_run,
    make_session,
    make_trials,
)


def test_a_session_comes_back_as_it_was(stores: Stores) -> None:
    stores.sessions.add_session(make_session())
    assert stores.sessions.load_session(OWNER, "ses_1") == make_session()


def test_a_saved_session_replaces_the_stored_one(with_sessions: Stores) -> None:
    done = make_session(status="done", verdict=VERDICT, trials=40, effective_trials=1 / 3)
    with_sessions.sessions.save_session(done)
    assert with_sessions.sessions.load_session(OWNER, "ses_1") == done


def test_a_session_is_added_once(with_sessions: Stores) -> None:
    for owner in (OWNER, STRANGER):
        with pytest.raises(Conflict, match='a session "ses_1" already'):
            with_sessions.sessions.add_session(make_session("ses_1", owner))


def test_sessions_are_listed_newest_first(stores: Stores) -> None:
    for name, hours in (("b", 0), ("a", 2), ("c", 0)):
        stores.sessions.add_session(make_session(name, created_at=NOON + timedelta(hours=hours)))
    assert [session.session_id for session in stores.sessions.session_lines(OWNER, 10)] == ["a", "c", "b"]
    assert [session.session_id for session in stores.sessions.session_lines(OWNER, 2)] == ["a", "c"]


def test_sessions_that_showed_an_attempt_are_found_newest_first(with_sessions: Stores) -> None:
    store = with_sessions.sessions
    for name, hours in (("ses_2", 2), ("ses_3", 1)):
        store.add_session(make_session(name, created_at=NOON + timedelta(hours=hours)))
    for name in ("ses_3", "ses_1", "ses_2", "ses_bob"):
        store.save_attempt(name, make_attempt(1), None)
    store.save_attempt("ses_2", make_attempt(2), None)
    store.add_session(make_session("ses_4"))
    assert [session.session_id for session in store.sessions_with_attempts(OWNER)] == ["ses_2", "ses_3", "ses_1"]
    assert [session.session_id for session in store.sessions_with_attempts(STRANGER)] == ["ses_bob"]


def test_sessions_are_found_by_a_strategy_that_they_tried(with_sessions: Stores) -> None:
    store = with_sessions.sessions
    store.add_session(make_session("ses_2", created_at=NOON + timedelta(hours=2)))
    for name in ("ses_1", "ses_2", "ses_bob"):
        store.save_attempt(name, make_attempt(1), None)
    tried = make_attempt(1).spec_hash
    assert [session.session_id for session in store.sessions_that_tried(OWNER, tried)] == ["ses_2", "ses_1"]
    store.save_attempt("ses_2", make_attempt(1).model_copy(update={"spec_hash": "another"}), None)
    assert [session.session_id for session in store.sessions_that_tried(OWNER, tried)] == ["ses_1"]
    assert [session.session_id for session in store.sessions_that_tried(OWNER, "another")] == ["ses_2"]
    assert store.sessions_that_tried(OWNER, "") == ()


def test_an_owner_reads_and_writes_only_sessions_of_their_own(with_sessions: Stores) -> None:
    assert [session.session_id for session in with_sessions.sessions.session_lines(STRANGER, 10)] == ["ses_bob"]
    with pytest.raises(NotFound):
        with_sessions.sessions.load_session(STRANGER, "ses_1")
    with pytest.raises(NotFound):
        with_sessions.sessions.save_session(make_session("ses_1", STRANGER))
    with pytest.raises(NotFound):
        with_sessions.sessions.request_cancel(STRANGER, "ses_1", wanted=True)
    with pytest.raises(NotFound):
        with_sessions.sessions.conclude(make_session("ses_1", STRANGER), None, 0)


def test_an_unknown_session_is_told_with_ids_of_the_same_owner(with_sessions: Stores) -> None:
    with pytest.raises(NotFound, match='no session "ses_2"') as near:
        with_sessions.sessions.load_session(OWNER, "ses_2")
    assert near.value.hint == 'did you mean "ses_1"?'
    with pytest.raises(NotFound) as far:
        with_sessions.sessions.load_session(OWNER, "zzz")
    assert far.value.hint == "list those there are: `backproof sessions list`"


def test_events_count_up_by_one_within_their_session(with_sessions: Stores) -> None:
    log = with_sessions.sessions
    first = log.append_event("ses_1", "start", "session.started", {}, NOON)
    other = log.append_event("ses_bob", "start", "session.started", {}, NOON)
    second = log.append_event("ses_1", "goal", "goal.understood", {"symbols": ("AAPL",), "share": 1 / 3}, NOON)
    assert first is not None
    assert other is not None
    assert second is not None
    assert (first.id, other.id, second.id) == (1, 1, 2)
    assert log.list_events("ses_1", 0) == (first, second)
    assert log.list_events("ses_1", 1) == (second,)
    assert log.list_events("ses_1", 2) == ()


def test_an_event_is_returned_as_it_will_be_read(with_sessions: Stores) -> None:
    data = {"at": NOON, "symbols": ("AAPL",), "share": float("nan"), "words": "naïve 🚀"}
    event = with_sessions.sessions.append_event("ses_1", "s", "notice", data, NOON)
    assert event is not None
    assert event.data == {"at": "2024-05-06T12:00:00.123456Z", "symbols": ["AAPL"], "share": None, "words": "naïve 🚀"}
    assert with_sessions.sessions.list_events("ses_1", 0) == (event,)


def test_a_step_that_runs_twice_is_logged_once(with_sessions: Stores) -> None:
    log = with_sessions.sessions
    assert log.append_event("ses_1", "start", "session.started", {"n": 1}, NOON) is not None
    assert log.append_event("ses_1", "start", "session.started", {"n": 2}, NOON) is None
    assert [event.data for event in log.list_events("ses_1", 0)] == [{"n": 1}]
    after = log.append_event("ses_1", "next", "notice", {}, NOON)
    assert after is not None
    assert after.id == 2


def test_an_event_that_cannot_be_stored_is_refused(with_sessions: Stores) -> None:
    with pytest.raises(InvalidInput, match="cannot be stored"):
        with_sessions.sessions.append_event("ses_1", "s", "notice", {"what": object()}, NOON)
    assert with_sessions.sessions.list_events("ses_1", 0) == ()


def test_events_and_attempts_need_their_session(stores: Stores) -> None:
    with pytest.raises(NotFound):
        stores.sessions.append_event("ses_1", "start", "session.started", {}, NOON)
    with pytest.raises(NotFound):
        stores.sessions.save_attempt("ses_1", make_attempt(), make_trials())
    assert stores.sessions.list_events("ses_1", 0) == ()
    assert stores.sessions.list_trials("ses_1") == ()
    assert not stores.sessions.cancel_requested("ses_1")


def test_an_attempt_saved_again_is_replaced_and_its_trials_are_not(with_sessions: Stores) -> None:
    book = with_sessions.sessions
    book.save_attempt("ses_1", make_attempt(1), make_trials("backtest:1"))
    book.save_attempt("ses_1", make_attempt(1, failed_reason="no trades"), make_trials("backtest:1"))
    (attempt,) = book.list_attempts("ses_1")
    (trials,) = book.list_trials("ses_1")
    assert attempt == make_attempt(1, failed_reason="no trades")
    assert as_row(trials) == as_row(make_trials("backtest:1"))


def test_attempts_are_listed_by_number_and_trials_by_step(with_sessions: Stores) -> None:
    book = with_sessions.sessions
    for n in (2, 10, 1):
        book.save_attempt("ses_1", make_attempt(n), make_trials(f"backtest:{n}"))
    book.save_attempt("ses_1", make_attempt(3), None)
    assert [attempt.n for attempt in book.list_attempts("ses_1")] == [1, 2, 3, 10]
    assert [trials.step for trials in book.list_trials("ses_1")] == ["backtest:2", "backtest:10", "backtest:1"]
    assert book.list_attempts("ses_bob") == ()
    assert book.list_trials("ses_bob") == ()


def test_trials_without_an_attempt_are_counted_once(with_sessions: Stores) -> None:
    book = with_sessions.sessions
    book.save_attempt("ses_1", make_attempt(1), make_trials("0001"))
    for _ in range(2):
        book.add_trials("ses_1", make_trials("0002.probe.1"))
    assert [trials.step for trials in book.list_trials("ses_1")] == ["0001", "0002.probe.1"]
    assert as_row(book.list_trials("ses_1")[1]) == as_row(make_trials("0002.probe.1"))
    assert len(book.list_attempts("ses_1")) == 1
    with pytest.raises(NotFound, match='no session "ses_2"'):
        book.add_trials("ses_2", make_trials())


def test_a_session_can_be_asked_to_stop_and_to_go_on(with_sessions: Stores) -> None:
    sessions = with_sessions.sessions
    assert not sessions.cancel_requested("ses_1")
    sessions.request_cancel(OWNER, "ses_1", wanted=True)
    sessions.save_session(make_session(status="cancelled"))
    assert sessions.cancel_requested("ses_1")
    assert not sessions.cancel_requested("ses_bob")
    sessions.request_cancel(OWNER, "ses_1", wanted=False)
    assert not sessions.cancel_requested("ses_1")


def test_a_conclusion_stores_session_and_opening(with_sessions: Stores) -> None:
    done = make_session(status="done", verdict=VERDICT)
    with_sessions.sessions.conclude(done, make_opening(), 0)
    assert with_sessions.sessions.load_session(OWNER, "ses_1") == done
    assert [as_row(opening) for opening in with_sessions.ledger.list_openings(OWNER)] == [as_row(make_opening())]


def test_a_conclusion_with_a_stale_ledger_stores_nothing(with_sessions: Stores) -> None:
    with_sessions.runs.add_run(make_run(), [make_opening("opn_0", kind="backtest")])
    with pytest.raises(Conflict, match="ledger has 1 openings, and the verdict of session ses_1 was computed from 0"):
        with_sessions.sessions.conclude(make_session(status="done"), make_opening(), 0)
    assert with_sessions.sessions.load_session(OWNER, "ses_1").status == "running"
    assert [opening.id for opening in with_sessions.ledger.list_openings(OWNER)] == ["opn_0"]
    with_sessions.sessions.conclude(make_session(status="done"), make_opening(), 1)


def test_openings_of_another_owner_do_not_make_a_ledger_stale(with_sessions: Stores) -> None:
    with_sessions.runs.add_run(make_run("run_b", STRANGER), [make_opening("opn_b", STRANGER)])
    with_sessions.sessions.conclude(make_session(status="done"), make_opening(), 0)
    assert with_sessions.sessions.load_session(OWNER, "ses_1").status == "done"


def test_an_opening_counts_once(with_sessions: Stores) -> None:
    with_sessions.sessions.conclude(make_session(status="done"), make_opening(), 0)
    later = make_opening(opened_at=NOON + timedelta(days=1))
    with_sessions.sessions.conclude(make_session(status="done", trials=9), later, 1)
    (stored,) = with_sessions.ledger.list_openings(OWNER)
    assert stored.opened_at == NOON
    assert with_sessions.sessions.load_session(OWNER, "ses_1").trials == 9


def test_a_conclusion_that_opens_nothing_needs_no_fresh_ledger(with_sessions: Stores) -> None:
    with_sessions.runs.add_run(make_run(), [make_opening("opn_0", kind="backtest")])
    with_sessions.sessions.conclude(make_session(status="done", verdict=VERDICT), None, 0)
    assert len(with_sessions.ledger.list_openings(OWNER)) == 1


def test_an_opening_of_an_unknown_session_is_not_kept(stores: Stores) -> None:
    with pytest.raises(NotFound):
        stores.sessions.conclude(make_session(), make_opening(), 0)
    assert stores.ledger.list_openings(OWNER) == ()


def test_numbers_from_arrays_may_stand_in_an_event(with_sessions: Stores) -> None:
    event = with_sessions.sessions.append_event("ses_1", "s", "notice", {"mean": np.float64(0.5)}, NOON)
    assert event is not None
    assert event.data == {"mean": 0.5}
