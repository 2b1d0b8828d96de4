"""A cell is a backtest like a direct one: same numbers, same trades, same hashes, same looks."""

from pathlib import Path

import pytest

from backend.bootstrap import Application
from backend.domain.batches import Batch, BatchItem, BatchRequest
from backend.domain.execution import Costs, Execution
from backend.services.backtests import BacktestRequest
from backend.services.batches.alone import Alone
from backend.services.batches.round import UNEXPECTED
from backend.services.gathering import Gathering, Material, Needs, Wish
from tests.services.batches.matrices import ALL, CROSS, NEVER, PERIOD, ROTATION, application, batches_over, matrix, run
from tests.stores.samples import as_row

TERMS = Execution(capital=5_000.0, costs=Costs(commission_fixed=1.0), whole_shares=True, interest_rate=0.02)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Application:
    return application(tmp_path_factory.mktemp("batch"))


@pytest.fixture(scope="module")
def batch(app: Application) -> Batch:
    return run(app, matrix("AAPL MSFT", *ALL, execution=TERMS))


@pytest.fixture(scope="module")
def direct(batch: Batch, tmp_path_factory: pytest.TempPathFactory) -> Application:
    """Another store, in which the same was run directly, cell by cell."""
    app = application(tmp_path_factory.mktemp("direct"))
    for symbol in batch.symbols:
        for spec in ALL:
            app.backtests.run(
                BacktestRequest(app.owner, spec, (symbol,), batch.timeframe, PERIOD["start"], PERIOD["end"], TERMS)
            )
    return app


def test_every_number_of_a_cell_is_that_of_a_direct_backtest(
    app: Application, batch: Batch, direct: Application
) -> None:
    runs = [direct.backtests.load(run.owner, run.run_id) for run in direct.backtests.list(direct.owner, 99)]
    wanted = {(run.symbols[0], run.spec.name): run for run in runs}
    names = {column.key: column.name for column in batch.strategies}
    cells = app.batches.cells(batch)
    assert len(cells) == len(wanted) == 12
    for cell in cells:
        assert cell.run_id
        found, same = app.backtests.load(app.owner, cell.run_id), wanted[cell.symbol, names[cell.strategy]]
        assert found == same.model_copy(update={"run_id": found.run_id, "created_at": found.created_at})
        assert (cell.metrics, cell.notices, cell.spec_hash) == (same.metrics, same.notices, same.spec_hash)
    assert any(run.trades for run in runs)


def test_the_ledger_is_what_direct_backtests_would_have_written(app: Application, direct: Application) -> None:
    def looks(each: Application) -> list[dict[str, object]]:
        rows = [as_row(opening) for opening in each.stores.ledger.list_openings(each.owner)]
        return [{name: value for name, value in row.items() if name not in ("subject_id", "opened_at")} for row in rows]

    assert looks(app) == looks(direct)


def test_a_direct_backtest_of_a_cell_is_no_new_look(app: Application, batch: Batch) -> None:
    before = len(app.stores.ledger.list_openings(app.owner))
    app.backtests.run(
        BacktestRequest(app.owner, CROSS, ("AAPL",), batch.timeframe, PERIOD["start"], PERIOD["end"], TERMS)
    )
    assert len(app.stores.ledger.list_openings(app.owner)) == before


def test_too_few_positions_have_no_p_value(app: Application, batch: Batch) -> None:
    for cell in app.batches.cells(batch):
        assert cell.metrics
        assert (cell.p_value is None) == (cell.metrics.trades < 9), cell  # one more may be held at the end


def test_bars_of_a_symbol_are_read_once_for_all_its_cells(tmp_path: Path) -> None:
    app = application(tmp_path)
    run(app, matrix("AAPL", CROSS))  # fetched and stored
    app.market.forget()
    before = app.counters.data_reads
    run(app, matrix("AAPL", *[CROSS.with_values({"n": float(n)}) for n in range(5, 25)]))
    assert app.counters.data_reads - before == 1


def test_a_cell_that_cannot_be_run_fails_alone_and_says_why(app: Application) -> None:
    ended = run(app, matrix("AAPL ZZZZ", CROSS, ROTATION))
    cells = {(cell.symbol, cell.strategy): cell for cell in app.batches.cells(ended)}
    assert ended.status == "done"
    assert cells["AAPL", "spec_1"].status == "done"
    rotation, unknown = cells["AAPL", "spec_2"], cells["ZZZZ", "spec_1"]
    assert (rotation.status, unknown.status) == ("failed", "failed")
    assert "chooses among several symbols" in (rotation.error_message or "")
    assert "No source has 1d prices of ZZZZ" in (unknown.error_message or "")
    assert (unknown.metrics, unknown.run_id, unknown.p_value) == (None, None, None)


def test_values_of_a_cell_replace_those_of_its_strategy(app: Application) -> None:
    items = (
        BatchItem(symbol="AAPL", strategy=CROSS, parameters={"n": 20}),
        BatchItem(symbol="AAPL", strategy=CROSS, parameters={"n": 50}),
    )
    ended = run(app, BatchRequest(items=items, **PERIOD))
    stated, tuned = app.batches.cells(ended)
    assert (stated.parameters, tuned.parameters) == ({}, {"n": 50.0})
    assert stated.spec_hash != tuned.spec_hash
    assert tuned.run_id
    assert app.backtests.load(app.owner, tuned.run_id).spec == CROSS.with_values({"n": 50.0})


def test_what_never_trades_says_so(app: Application) -> None:
    (cell,) = app.batches.cells(run(app, matrix("IBM", NEVER)))
    assert any("Nothing was traded" in notice for notice in cell.notices)


class _Broken(Gathering):
    """Gathering with a fault of ours in it, for one symbol."""

    def gather(self, wish: Wish, needs: Needs) -> Material:
        if "MSFT" in wish.symbols:
            raise ZeroDivisionError
        return super().gather(wish, needs)


def test_a_fault_of_ours_in_a_cell_is_its_own(app: Application) -> None:
    batches = batches_over(app, _Broken(app.market, app.datasets))
    batch = batches.open(app.owner, matrix("AAPL MSFT IBM", CROSS, NEVER))
    batches.run(app.owner, batch.batch_id, Alone())
    cells = app.stores.batches.list_cells(app.owner, batch.batch_id)
    assert [cell.status for cell in cells] == ["done", "done", "failed", "failed", "done", "done"]
    assert {cell.error_message for cell in cells[2:4]} == {UNEXPECTED}
