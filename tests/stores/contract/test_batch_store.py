"""The contract of BatchStore."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from backend.domain.errors import Conflict, InvalidInput, NotFound
from backend.domain.periods import Period
from backend.stores import Stores
from tests.stores.batches import make_batch, make_cell, make_entry, make_result
from tests.stores.samples import NOON, OWNER, STRANGER, make_opening, make_run


@pytest.fixture
def with_batch(stores: Stores) -> Stores:
    """Stores in which a batch of two cells waits to be run."""
    stores.batches.add_batch(make_batch(), [make_cell(2, "MSFT"), make_cell(1)])
    return stores


def test_a_batch_comes_back_as_it_was_with_its_cells_by_number(with_batch: Stores) -> None:
    assert with_batch.batches.load_batch(OWNER, "bat_1") == make_batch()
    assert with_batch.batches.list_cells(OWNER, "bat_1") == (make_cell(1), make_cell(2, "MSFT"))


def test_a_batch_is_added_once(with_batch: Stores) -> None:
    with pytest.raises(Conflict, match='a batch "bat_1" already'):
        with_batch.batches.add_batch(make_batch(owner=STRANGER), [make_cell(9)])
    assert len(with_batch.batches.list_cells(OWNER, "bat_1")) == 2


def test_batches_are_listed_newest_first_in_pages(stores: Stores) -> None:
    for name, hours in (("b", 0), ("a", 2), ("c", 0)):
        stores.batches.add_batch(make_batch(name, created_at=NOON + timedelta(hours=hours)), [])
    assert [batch.batch_id for batch in stores.batches.list_batches(OWNER, 2)] == ["a", "c"]
    assert [batch.batch_id for batch in stores.batches.list_batches(OWNER, 2, "c")] == ["b"]
    with pytest.raises(InvalidInput, match='no batch "z"'):
        stores.batches.list_batches(OWNER, 2, "z")


def test_results_are_stored_with_runs_openings_cells_and_one_event(with_batch: Stores) -> None:
    results = [make_result(1, "run_1"), make_result(2, "run_2")]
    event = with_batch.batches.save_results(make_batch(), results, make_entry(done=2))
    assert event is not None
    assert (event.id, event.data) == (1, {"done": 2})
    assert with_batch.batches.list_events("bat_1", 0) == (event,)
    assert with_batch.batches.list_cells(OWNER, "bat_1") == tuple(result.cell for result in results)
    assert [opening.id for opening in with_batch.ledger.list_openings(OWNER)] == ["opn_run_1", "opn_run_2"]
    assert [run.run_id for run in with_batch.runs.list_runs(OWNER, 9)] == ["run_2", "run_1"]


def test_a_backtest_of_a_cell_reads_like_one_that_was_added_by_itself(with_batch: Stores) -> None:
    with_batch.batches.save_results(make_batch(), [make_result()], make_entry())
    assert with_batch.runs.load_run(OWNER, "run_1") == make_run()


def test_a_backtest_without_trades_is_stored(with_batch: Stores) -> None:
    result = make_result()
    assert result.run is not None
    none = {name: values[:0] for name, values in result.run.trades.items()}
    empty = replace(result, run=replace(result.run, trades=none, prices=()), openings=())
    with_batch.batches.save_results(make_batch(), [empty], make_entry())
    stored = with_batch.runs.load_run(OWNER, "run_1")
    assert (stored.trades, stored.prices) == ((), ())


def test_a_failed_cell_has_no_run(with_batch: Stores) -> None:
    failed = make_cell(1, status="failed", error_message="No source has prices of AAPL.")
    with_batch.batches.save_results(
        make_batch(), [replace(make_result(), cell=failed, run=None, openings=())], make_entry()
    )
    assert with_batch.batches.list_cells(OWNER, "bat_1")[0] == failed
    assert with_batch.runs.list_runs(OWNER, 9) == ()


def test_a_step_is_written_once(with_batch: Stores) -> None:
    assert with_batch.batches.save_results(make_batch(), [make_result(1, "run_1")], make_entry())
    assert with_batch.batches.save_results(make_batch(), [make_result(2, "run_2")], make_entry()) is None
    ended = make_batch(status="done", ended_at=NOON)
    assert with_batch.batches.save_batch(ended, [], make_entry()) is None
    assert with_batch.batches.load_batch(OWNER, "bat_1").status == "running"
    assert [run.run_id for run in with_batch.runs.list_runs(OWNER, 9)] == ["run_1"]
    assert len(with_batch.ledger.list_openings(OWNER)) == 1


def test_results_that_cannot_be_stored_leave_nothing(with_batch: Stores) -> None:
    with_batch.runs.add_run(make_run("run_2"), [])
    with pytest.raises(Conflict):
        with_batch.batches.save_results(make_batch(), [make_result(1), make_result(2, "run_2")], make_entry())
    assert with_batch.batches.list_events("bat_1", 0) == ()
    assert with_batch.ledger.list_openings(OWNER) == ()
    assert with_batch.batches.list_cells(OWNER, "bat_1")[0].status == "queued"


def test_a_batch_and_some_of_its_cells_are_replaced(with_batch: Stores) -> None:
    again = make_batch(round=2)
    changed = make_cell(2, "MSFT", parameters={"n": 30.0}, q_value=0.01, discovery=True)
    assert with_batch.batches.save_batch(again, [changed]) is None
    assert with_batch.batches.load_batch(OWNER, "bat_1") == again
    kept = changed.model_copy(update={"q_value": None, "discovery": False})  # they follow from all cells
    assert with_batch.batches.list_cells(OWNER, "bat_1") == (make_cell(1), kept)


def test_ids_of_events_count_up_by_one(with_batch: Stores) -> None:
    for n in range(1, 6):
        with_batch.batches.save_batch(make_batch(), [], make_entry(f"step {n}", n=n))
    assert [event.id for event in with_batch.batches.list_events("bat_1", 0)] == [1, 2, 3, 4, 5]
    assert [event.data["n"] for event in with_batch.batches.list_events("bat_1", 2, 2)] == [3, 4]


def test_the_wish_to_stop_is_kept_until_it_is_withdrawn(with_batch: Stores) -> None:
    store = with_batch.batches
    assert not store.cancel_requested("bat_1")
    store.request_cancel(OWNER, "bat_1", wanted=True)
    assert store.cancel_requested("bat_1")
    store.save_batch(make_batch(), [])
    assert store.cancel_requested("bat_1")
    store.request_cancel(OWNER, "bat_1", wanted=False)
    assert not store.cancel_requested("bat_1")
    assert not store.cancel_requested("bat_9")


def test_an_owner_sees_and_changes_nothing_of_another(with_batch: Stores) -> None:
    store = with_batch.batches
    assert store.list_batches(STRANGER, 9) == ()
    assert store.list_cells(STRANGER, "bat_1") == ()
    theirs = make_batch(owner=STRANGER)
    for act in (
        lambda: store.load_batch(STRANGER, "bat_1"),
        lambda: store.request_cancel(STRANGER, "bat_1", wanted=True),
        lambda: store.save_batch(theirs, [make_cell(3)]),
        lambda: store.save_results(theirs, [make_result(owner=STRANGER)], make_entry()),
    ):
        with pytest.raises(NotFound) as refused:
            act()
        assert "did you mean" not in refused.value.hint
    assert len(store.list_cells(OWNER, "bat_1")) == 2


def test_an_unknown_batch_is_told_with_what_resembles_it(with_batch: Stores) -> None:
    with pytest.raises(NotFound, match='no batch "bat_2"') as refused:
        with_batch.batches.load_batch(OWNER, "bat_2")
    assert refused.value.hint == 'did you mean "bat_1"?'


def test_two_hundred_results_are_stored_at_once(with_batch: Stores) -> None:
    results = [make_result(n, f"run_{n}") for n in range(1, 201)]
    with_batch.batches.save_results(make_batch(cells=200), results, make_entry())
    stored = with_batch.runs.load_run(OWNER, "run_150")
    assert stored == make_run("run_150")
    assert np.isfinite(stored.equity_value).all()
    assert len(with_batch.batches.list_cells(OWNER, "bat_1")) == 200


def test_looks_are_told_by_symbol_owner_and_days(stores: Stores) -> None:
    other = make_opening("opn_2", symbol="MSFT", spec_hash="s2")
    same = make_opening("opn_3", data_hash="d1", kind="backtest")
    stores.runs.add_run(make_run(), [make_opening(), other, same, make_opening("opn_4", STRANGER, spec_hash="s9")])
    held = make_opening().period
    assert stores.batches.list_looks(OWNER, ["AAPL", "KO"], held) == {("AAPL", "s1", "d1")}
    assert stores.batches.list_looks(OWNER, ["AAPL", "MSFT"], held) == {("AAPL", "s1", "d1"), ("MSFT", "s2", "d1")}
    day = timedelta(days=1)
    for early, late in ((held.start - 9 * day, held.start - day), (held.end + day, held.end + 9 * day)):
        assert stores.batches.list_looks(OWNER, ["AAPL"], Period(start=early, end=late)) == frozenset()
    for early, late in ((held.start - day, held.start), (held.end, held.end + day), (date.min, date.max)):
        assert len(stores.batches.list_looks(OWNER, ["AAPL"], Period(start=early, end=late))) == 1
