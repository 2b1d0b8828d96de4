"""Runs cells: each is a backtest like a direct one, and what goes wrong in it stays its own."""

from datetime import datetime
from threading import Lock
from typing import NamedTuple

import numpy as np

from backend.domain.batches import Batch, CellSummary, CellTest
from backend.domain.errors import BackproofError
from backend.domain.hashing import hash_json
from backend.domain.ports import CellResult, CellRun
from backend.domain.results import BacktestRun
from backend.domain.timeframes import Timeframe
from backend.engine.simulation import Simulation
from backend.language import CompiledSpec, compile_spec, spec_hash
from backend.proof.false_discovery import MINIMUM_POSITIONS, timing_p
from backend.services.batches.asked import told
from backend.services.gathering import Gathering, Material, Needs, Wish
from backend.services.market_data import OpenPeriod
from backend.services.run_curves import curves
from backend.services.run_results import BacktestRequest, RunResult, run_alone


class Recipe(NamedTuple):
    """A strategy with its values, ready to run; what it reads; and its hash."""

    compiled: CompiledSpec
    needs: Needs
    spec_hash: str


class Recipes:
    """The strategies of a batch; each is compiled once for all symbols."""

    def __init__(self, batch: Batch) -> None:
        self._specs = {strategy.key: strategy.spec for strategy in batch.strategies}
        self._made: dict[str, Recipe] = {}
        self._making = Lock()

    def of(self, cell: CellSummary) -> Recipe:
        """That of a cell. Raises InvalidInput: an expression is wrong."""
        key = f"{cell.strategy} {sorted(cell.parameters.items())}"
        with self._making:
            if key not in self._made:
                compiled = compile_spec(self._specs[cell.strategy].with_values(cell.parameters))
                self._made[key] = Recipe(compiled, Needs.of(compiled), spec_hash(compiled.spec))
            return self._made[key]


class SymbolData:
    """What the cells of one symbol read; gathered once for all that have equal needs."""

    def __init__(self, batch: Batch, symbol: str, gathering: Gathering, turn: Lock) -> None:
        self._wish = Wish(batch.owner, (symbol,), batch.timeframe, OpenPeriod(batch.start, batch.end))
        self._gathering = gathering
        self._turn = turn
        self._found: dict[Needs, Material | BackproofError] = {}

    def material(self, needs: Needs) -> Material:
        """Raises what gathering raises, to every cell that needs it."""
        with self._turn:
            if needs not in self._found:
                self._found[needs] = self._gathered(needs)
            found = self._found[needs]
        if isinstance(found, BackproofError):
            raise found
        return found

    def _gathered(self, needs: Needs) -> Material | BackproofError:
        try:
            return self._gathering.gather(self._wish, needs)
        except BackproofError as error:
            return error


class Cells:
    """Runs cells of one batch; safe for several threads.

    Args:
        batch: whose period, execution and round.
    """

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._recipes = Recipes(batch)

    def run(self, cell: CellSummary, data: SymbolData, at: datetime) -> CellResult:
        """What came of a cell; an error that people are told is its own failure."""
        try:
            recipe = self._recipes.of(cell)
            return self._done(cell, self._result(cell, recipe, data), (recipe.spec_hash, at))
        except BackproofError as error:
            return failed(cell, told(error))

    def _result(self, cell: CellSummary, recipe: Recipe, data: SymbolData) -> RunResult:
        batch = self._batch
        request = BacktestRequest(
            owner=batch.owner,
            spec=recipe.compiled.spec,
            symbols=(cell.symbol,),
            timeframe=batch.timeframe,
            start=batch.start,
            end=batch.end,
            execution=batch.execution,
        )
        return run_alone(request, recipe.compiled, data.material(recipe.needs))

    def _done(self, cell: CellSummary, result: RunResult, known: tuple[str, datetime]) -> CellResult:
        simulation = result.simulation
        assert isinstance(simulation, Simulation)
        known_hash, at = known
        summary = result.summary(run_id_of(self._batch, cell.n), at, known_hash)
        run = CellRun(summary, curves(simulation), result.material.prices, simulation.trade_columns())
        shown = _shown(cell, summary, timing_of(result.compiled, simulation))
        return CellResult(shown, run, tuple(result.openings(summary)))


def run_id_of(batch: Batch, n: int) -> str:
    """The id of what a cell's run of this round is stored under: the same whenever it is run."""
    return f"run_{hash_json([batch.batch_id, n, batch.round])[:12]}"


def timing_of(compiled: CompiledSpec, simulation: Simulation) -> float | None:
    """The chance of timing as good as this without skill; None where too little was traded to tell."""
    if len(simulation.positions) < MINIMUM_POSITIONS:
        return None
    close = simulation.bars.close[simulation.rows]
    moved = np.diff(close, prepend=close[0]) / np.concatenate([close[:1], close[:-1]])
    daily = simulation.bars.timeframe is Timeframe.DAY
    left_out = compiled.warmup + simulation.longest_holding
    return timing_p(simulation.weight, moved, left_out, None if daily else simulation.session)


def _shown(cell: CellSummary, run: BacktestRun, p_value: float | None) -> CellSummary:
    test = CellTest(run_id=run.run_id, spec_hash=run.spec_hash, data_hash=run.data_hash, p_value=p_value)
    update = {
        "status": "done",
        "run_id": run.run_id,
        "metrics": run.metrics,
        "notices": run.notices,
        "p_value": p_value,
        "error_message": None,
        "runs": cell.runs + 1,
        "tests": (*cell.tests, test),
    }
    return cell.model_copy(update=update)


def failed(cell: CellSummary, why: str) -> CellResult:
    """A cell that came to nothing."""
    return CellResult(cell.model_copy(update={"status": "failed", "error_message": why}))
