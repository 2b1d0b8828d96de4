"""Marks of a batch: what they are held against, however the looking is divided up."""

from pathlib import Path
from typing import Any

import pytest

from backend.bootstrap import Application
from backend.domain.batches import Batch, BatchEvent, BatchRequest, CellSummary, CellTest
from backend.domain.execution import Execution
from backend.domain.timeframes import Timeframe
from backend.proof.false_discovery import q_values
from backend.services.batches.alone import Alone
from backend.services.batches.marks import PAID_AHEAD, marked
from backend.services.run_results import BacktestRequest
from tests.services.batches.matrices import BOTH_WAYS, CROSS, PERIOD, application, batches_over, matrix, run
from tests.stores.batches import make_batch, make_cell

MANY = [CROSS.with_values({"n": float(n)}) for n in range(5, 17)]


def shown(n: int, p_value: float | None) -> CellSummary:
    made = CellTest(run_id=f"run_{n}", spec_hash=f"s{n}", data_hash="d", p_value=p_value)
    facts: dict[str, Any] = {"status": "done", "p_value": p_value, "spec_hash": f"s{n}", "tests": (made,)}
    return make_cell(n, **facts)


def q_of(batch: Batch, *cells: CellSummary) -> list[float | None]:
    return [cell.q_value for cell in marked(batch, cells)]


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return application(tmp_path)


def test_the_first_tests_are_paid_ahead() -> None:
    """One test counts as ten: 1 + 1/2 + ... + 1/10 = 2.929, so 0.003 becomes 0.003 * 10 * 2.929 = 0.0879."""
    assert PAID_AHEAD == 10
    assert q_of(make_batch(), shown(1, 0.003)) == [pytest.approx(0.0879, abs=1e-4)]


def test_looks_elsewhere_count_as_tests_that_found_nothing() -> None:
    batch = make_batch(looks_elsewhere=10)
    assert q_of(batch, shown(1, 0.001), shown(2, 0.5)) == list(q_values([0.001, 0.5, *[1.0] * 10])[:2])


def test_cells_that_were_given_up_count_as_tests() -> None:
    """Who stops at the first success of twenty has not tried less than twenty."""
    left = [make_cell(n, spec_hash=f"s{n}", status="cancelled") for n in range(2, 21)]
    assert q_of(make_batch(), shown(1, 0.001), *left)[0] == q_values([0.001, *[1.0] * 19])[0]


def test_a_given_up_run_of_a_test_that_was_made_counts_once() -> None:
    cells = [shown(n, 0.001 * n) for n in range(1, 12)]
    again = [cells[0].model_copy(update={"status": "cancelled", "p_value": None}), *cells[1:]]
    tuned = [again[0].model_copy(update={"spec_hash": "other"}), *cells[1:]]
    assert q_of(make_batch(), *again)[1:] == q_of(make_batch(), *cells)[1:]
    assert q_of(make_batch(), *tuned)[1:] > q_of(make_batch(), *cells)[1:]


def test_a_new_batch_for_every_try_pays_for_the_tries_before(app: Application) -> None:
    elsewhere = [run(app, matrix("AAPL", spec)).looks_elsewhere for spec in MANY]
    assert elsewhere == list(range(12))
    at_once = run(application(Path("apart")), matrix("AAPL", *MANY))
    assert at_once.looks_elsewhere == 0


def test_the_same_batch_again_has_seen_nothing_new(app: Application) -> None:
    first, second = run(app, matrix("AAPL", *MANY[:3])), run(app, matrix("AAPL", *MANY[:3]))
    assert (first.looks_elsewhere, second.looks_elsewhere) == (0, 0)
    fewer = run(app, matrix("AAPL", MANY[0]))  # dropping cells hides nothing
    assert fewer.looks_elsewhere == 2


def test_direct_backtests_count_where_they_show_the_same_days(app: Application) -> None:
    def look(symbol: str, start: Any, end: Any) -> None:
        request = BacktestRequest(app.owner, BOTH_WAYS, (symbol,), Timeframe.DAY, start, end, Execution())
        app.backtests.run(request)

    look("AAPL", **PERIOD)
    look("MSFT", **PERIOD)
    look("AAPL", None, PERIOD["start"].replace(year=2003))
    assert run(app, matrix("AAPL", CROSS)).looks_elsewhere == 1


def test_looks_of_another_owner_count_nothing(app: Application) -> None:
    run(app, matrix("AAPL", *MANY[:3]))
    others = batches_over(app)
    batch = others.open("stranger", matrix("AAPL", CROSS))
    others.run("stranger", batch.batch_id, Alone())
    assert others.load("stranger", batch.batch_id).looks_elsewhere == 0


def test_the_end_of_the_log_says_what_was_counted(app: Application) -> None:
    run(app, matrix("AAPL", *MANY[:3]))
    batch = run(app, matrix("AAPL", CROSS))
    event: BatchEvent = app.batches.events(batch.batch_id)[-1]
    assert (event.data["tests"], event.data["looks_elsewhere"]) == (1, 3)


def test_a_rerun_counts_what_was_looked_at_meanwhile(app: Application) -> None:
    batch = run(app, matrix("AAPL", CROSS))
    run(app, BatchRequest(items=matrix("AAPL", *MANY[:2]).items))  # of the whole history
    app.batches.rerun(app.owner, batch.batch_id, parameters={"n": 44})
    app.batches.run(app.owner, batch.batch_id, Alone())
    assert app.batches.load(app.owner, batch.batch_id).looks_elsewhere == 2
