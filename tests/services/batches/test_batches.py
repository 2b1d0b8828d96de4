"""Batches: opened, run, stopped, taken up again, and run again in part."""

from pathlib import Path
from typing import Any

import pytest

from backend.bootstrap import Application
from backend.domain.batches import MOST_CELLS, Batch, BatchEvent, BatchItem, BatchRequest
from backend.domain.errors import BackproofError, Busy, Cancelled, Conflict, InvalidInput, NotFound
from backend.domain.execution import Execution
from backend.proof.false_discovery import q_values
from backend.services.batches.alone import Alone
from tests.programs import running
from tests.services.batches.matrices import (
    BOTH_WAYS,
    CROSS,
    PERIOD,
    Job,
    application,
    batches_over,
    matrix,
    run,
)

MANY = [CROSS.with_values({"n": float(n)}) for n in range(5, 25)]
WIDE = matrix("AAPL MSFT IBM", *MANY)


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return application(tmp_path)


def heard(app: Application, batch: Batch) -> list[BatchEvent]:
    return list(app.batches.events(batch.batch_id))


def test_a_batch_is_stored_before_anything_is_run(app: Application) -> None:
    batch = app.batches.open(app.owner, matrix("AAPL MSFT", CROSS, BOTH_WAYS))
    assert (batch.status, batch.cells, batch.symbols) == ("running", 4, ("AAPL", "MSFT"))
    assert [(column.key, column.name) for column in batch.strategies] == [("spec_1", "Cross"), ("spec_2", "Both ways")]
    cells = app.batches.cells(batch)
    assert [(cell.n, cell.symbol, cell.strategy, cell.status) for cell in cells] == [
        (1, "AAPL", "spec_1", "queued"),
        (2, "AAPL", "spec_2", "queued"),
        (3, "MSFT", "spec_1", "queued"),
        (4, "MSFT", "spec_2", "queued"),
    ]
    assert app.batches.list(app.owner, 9) == (batch,)


def test_kept_strategies_are_named_by_id_or_by_name(app: Application) -> None:
    items = (
        BatchItem(symbol=" aapl ", strategy="Golden cross"),
        BatchItem(symbol="AAPL", strategy="starter_golden_cross", parameters={"fast": 40}),
    )
    batch = app.batches.open(app.owner, BatchRequest(items=items))
    assert [column.key for column in batch.strategies] == ["starter_golden_cross"]
    assert [cell.parameters for cell in app.batches.cells(batch)] == [{}, {"fast": 40.0}]


def test_a_cell_that_is_named_twice_is_there_once(app: Application) -> None:
    batch = app.batches.open(app.owner, matrix("AAPL AAPL MSFT AAPL", CROSS))
    assert batch.cells == 2
    assert batch.notices == ("2 cells were asked for more than once, and run once.",)


CELL = BatchItem(symbol="AAPL", strategy=CROSS)


@pytest.mark.parametrize(
    ("request_", "error", "said"),
    [
        (BatchRequest(items=()), InvalidInput, "A batch needs a cell"),
        (BatchRequest(items=(CELL,) * (MOST_CELLS + 1)), InvalidInput, "may have 2,000 cells, not 2,001"),
        (BatchRequest(items=(CELL,), start=PERIOD["end"], end=PERIOD["start"]), InvalidInput, "lies after the end"),
        (BatchRequest(items=(CELL,), execution=Execution(max_positions=2)), InvalidInput, "one position at a time"),
        (
            BatchRequest(items=(CELL, BatchItem(symbol="A B", strategy=CROSS))),
            InvalidInput,
            r"Item 2 \('A B', 'Cross'\)",
        ),
        (BatchRequest(items=(BatchItem(symbol="KO", strategy="Golden"),)), NotFound, "Item 1 .* no strategy"),
        (
            BatchRequest(items=(BatchItem(symbol="KO", strategy=CROSS, parameters={"m": 1}),)),
            InvalidInput,
            'Item 1 .* no parameter "m"',
        ),
        (
            BatchRequest(items=(BatchItem(symbol="KO", strategy=CROSS, parameters={"n": 101}),)),
            InvalidInput,
            "Item 1 .* may be 5..100, not 101",
        ),
        (
            BatchRequest(items=(BatchItem(symbol="KO", strategy=CROSS, parameters={"n": 7.5}),)),
            InvalidInput,
            "Item 1 .* cannot be 7.5",
        ),
        (
            BatchRequest(items=(BatchItem(symbol="KO", strategy=CROSS.model_copy(update={"long_entry": "close >"})),)),
            InvalidInput,
            "Item 1",
        ),
    ],
)
def test_what_cannot_be_run_is_refused_by_name(
    app: Application, request_: BatchRequest, error: type[BackproofError], said: str
) -> None:
    with pytest.raises(error, match=said):
        app.batches.open(app.owner, request_)
    assert app.batches.list(app.owner, 9) == ()


def test_the_log_tells_of_every_cell_and_ends_with_the_batch(app: Application) -> None:
    told: list[BatchEvent] = []
    app.batches.listen(told.append)
    batch = run(app, WIDE)
    events = heard(app, batch)
    assert told == events
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    assert (events[0].type, events[-1].type) == ("batch.started", "batch.ended")
    done = [event.data for event in events if event.type == "cells.done"]
    assert len(done[0]["cells"]) == 1  # the first one shows at once
    assert [cell["n"] for data in done for cell in data["cells"]] == list(range(1, 61))
    assert done[-1]["counts"] == {"queued": 0, "done": 60, "failed": 0, "cancelled": 0}
    assert events[-1].data["status"] == "done"


def test_the_same_batch_gives_the_same_bytes_whichever_thread_is_first(tmp_path: Path) -> None:
    def stored(folder: str) -> Any:
        app = application(tmp_path / folder)
        batches = batches_over(app)
        batch = batches.open(app.owner, WIDE)
        batches.run(app.owner, batch.batch_id, Alone())
        cells = app.stores.batches.list_cells(app.owner, batch.batch_id)
        runs = [app.stores.runs.load_run(app.owner, cell.run_id or "") for cell in cells]
        looks = [opening.id for opening in app.stores.ledger.list_openings(app.owner)]
        return cells, [run.model_copy(update={"created_at": batch.created_at}) for run in runs], looks

    assert stored("one") == stored("other")


def test_a_batch_that_its_worker_left_goes_on_where_it_was(app: Application) -> None:
    batch = app.batches.open(app.owner, WIDE)
    job = Job(after=1, leaves=True)
    app.batches.listen(job.hear)
    with pytest.raises(Cancelled):
        app.batches.run(app.owner, batch.batch_id, job)
    before = app.batches.cells(app.batches.load(app.owner, batch.batch_id))
    assert app.batches.load(app.owner, batch.batch_id).status == "running"
    assert {cell.status for cell in before} == {"done", "queued"}
    app.batches.run(app.owner, batch.batch_id, Alone())
    after = app.batches.cells(app.batches.load(app.owner, batch.batch_id))
    assert {cell.status for cell in after} == {"done"}
    for earlier, later in zip(before, after, strict=True):
        assert earlier.status == "queued" or (earlier.run_id, earlier.runs) == (later.run_id, later.runs)
    assert len(app.backtests.list(app.owner, 999)) == len(app.stores.ledger.list_openings(app.owner)) == 60
    told = [
        cell["n"] for event in heard(app, batch) for cell in event.data.get("cells", ()) if event.type == "cells.done"
    ]
    assert sorted(told) == list(range(1, 61))


def test_a_batch_that_is_cancelled_keeps_what_was_done(app: Application) -> None:
    batch = app.batches.open(app.owner, WIDE)

    def cancel(event: BatchEvent) -> None:
        if event.type == "cells.done" and not app.stores.batches.cancel_requested(batch.batch_id):
            app.batches.cancel(app.owner, batch.batch_id)

    app.batches.listen(cancel)
    counts = app.batches.run(app.owner, batch.batch_id, Alone())
    ended = app.batches.load(app.owner, batch.batch_id)
    assert (ended.status, ended.ended_at is not None) == ("cancelled", True)
    assert counts["done"] + counts["cancelled"] == 60
    assert counts["done"] >= 1
    assert heard(app, batch)[-1].data["status"] == "cancelled"
    with pytest.raises(Conflict, match="is cancelled"):
        app.batches.cancel(app.owner, batch.batch_id)


def test_a_cancelled_batch_runs_the_rest_when_it_is_run_again(app: Application) -> None:
    batch = app.batches.open(app.owner, matrix("AAPL MSFT", CROSS))
    app.batches.cancelled_before_start(app.owner, batch.batch_id)
    assert {cell.status for cell in app.batches.cells(batch)} == {"cancelled"}
    again = app.batches.rerun(app.owner, batch.batch_id)
    assert (again.status, again.round) == ("running", 2)
    app.batches.run(app.owner, batch.batch_id, Alone())
    assert {cell.status for cell in app.batches.cells(batch)} == {"done"}


def test_a_job_that_failed_for_good_says_so(app: Application) -> None:
    batch = app.batches.open(app.owner, matrix("AAPL", CROSS))
    app.batches.fail(app.owner, batch.batch_id, "The store does not answer.")
    ended = app.batches.load(app.owner, batch.batch_id)
    assert (ended.status, ended.error_message) == ("failed", "The store does not answer.")
    assert [cell.status for cell in app.batches.cells(ended)] == ["failed"]
    app.batches.fail(app.owner, batch.batch_id, "Again.")
    assert app.batches.load(app.owner, batch.batch_id) == ended


def test_one_process_at_a_time_runs_a_batch(app: Application) -> None:
    batch = app.batches.open(app.owner, matrix("AAPL", CROSS))
    with app.locks.hold(batch.batch_id), pytest.raises(Busy, match="run by another process"):
        app.batches.run(app.owner, batch.batch_id, Alone())


def test_tuned_values_are_another_round_and_further_tests(app: Application) -> None:
    first = run(app, matrix("AAPL MSFT", CROSS, BOTH_WAYS))
    before = app.batches.cells(first)
    app.batches.rerun(app.owner, first.batch_id, symbols=["msft"], strategies=["Cross"], parameters={"n": 40})
    app.batches.run(app.owner, first.batch_id, Alone())
    after = app.batches.cells(app.batches.load(app.owner, first.batch_id))
    changed = [n for n, (one, other) in enumerate(zip(before, after, strict=True), 1) if one.run_id != other.run_id]
    assert changed == [3]
    assert (after[2].n, after[2].parameters, after[2].runs) == (3, {"n": 40.0}, 2)
    p_values = [cell.p_value for cell in before if cell.p_value is not None]
    p_values += [after[2].p_value] if after[2].p_value is not None else []
    assert len(p_values) == 5
    assert {cell.q_value for cell in after} <= set(q_values(p_values))  # all five, not the four that show
    assert before[2].run_id
    assert app.backtests.load(app.owner, before[2].run_id).spec == CROSS  # the earlier run stays


def test_the_same_again_is_the_same_test_and_the_same_look(app: Application) -> None:
    first = run(app, matrix("AAPL MSFT", CROSS))
    before = app.batches.cells(first)
    app.batches.rerun(app.owner, first.batch_id)
    app.batches.run(app.owner, first.batch_id, Alone())
    after = app.batches.cells(app.batches.load(app.owner, first.batch_id))
    assert [cell.q_value for cell in after] == [cell.q_value for cell in before]
    assert [cell.runs for cell in after] == [2, 2]
    assert len(app.stores.ledger.list_openings(app.owner)) == 2


def test_what_cannot_be_run_again_is_refused(app: Application) -> None:
    batch = app.batches.open(app.owner, matrix("AAPL", CROSS, BOTH_WAYS))
    with pytest.raises(Conflict, match="is running"):
        app.batches.rerun(app.owner, batch.batch_id)
    app.batches.run(app.owner, batch.batch_id, Alone())
    for choice, said in (
        ({"symbols": ["APPL"]}, 'no symbol "APPL"'),
        ({"strategies": ["Crss"]}, 'no strategy "Crss"'),
        ({"parameters": {"n": 40}}, 'Strategy "Both ways": .* no parameter "n"'),
        ({"strategies": ["Cross"], "parameters": {"n": 400}}, "5..100, not 400"),
        ({"symbols": []}, "No cell"),
    ):
        with pytest.raises(InvalidInput, match=said):
            app.batches.rerun(app.owner, batch.batch_id, **choice)
    assert app.batches.load(app.owner, batch.batch_id).round == 1


def test_batches_of_others_are_unknown(app: Application) -> None:
    batch = app.batches.open(app.owner, matrix("AAPL", CROSS))
    for act in (app.batches.load, app.batches.cancel, app.batches.rerun):
        with pytest.raises(NotFound):
            act("bob", batch.batch_id)
    with pytest.raises(NotFound):
        app.batches.run("bob", batch.batch_id, Alone())


@pytest.mark.slow
def test_a_batch_whose_process_was_killed_goes_on_and_does_nothing_twice(app: Application, tmp_path: Path) -> None:
    with running("tests.services.batches.programs", str(tmp_path), "1") as program:
        batch_id = program.read()
        program.finish()
    left = app.batches.load(app.owner, batch_id)
    done = [cell for cell in app.batches.cells(left) if cell.status == "done"]
    assert (left.status, len(done)) == ("running", 1)
    app.batches.run(app.owner, batch_id, Alone())
    cells = app.batches.cells(app.batches.load(app.owner, batch_id))
    assert [(cell.status, cell.runs) for cell in cells] == [("done", 1)] * 60
    assert cells[0].run_id == done[0].run_id
    assert len(app.backtests.list(app.owner, 999)) == len(app.stores.ledger.list_openings(app.owner)) == 60
    assert [event.id for event in heard(app, left)] == list(range(1, len(heard(app, left)) + 1))


def test_ctrl_c_ends_a_batch_as_cancelled(app: Application) -> None:
    batch = app.batches.open(app.owner, WIDE)

    def interrupt(event: BatchEvent) -> None:
        if event.type == "cells.done":
            raise KeyboardInterrupt

    app.batches.listen(interrupt)
    with pytest.raises(KeyboardInterrupt):
        app.batches.run(app.owner, batch.batch_id, Alone())
    ended = app.batches.load(app.owner, batch.batch_id)
    assert ended.status == "cancelled"
    assert {cell.status for cell in app.batches.cells(ended)} == {"done", "cancelled"}
