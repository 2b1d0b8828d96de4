"""Direct backtests of one strategy on one or several symbols, stored with their hashes and counted as looks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from backend.domain.errors import InvalidInput
from backend.domain.execution import Execution
from backend.domain.ledger import MarketFingerprint, Opening
from backend.domain.periods import Period
from backend.domain.ports import Clock, NewId, RunStore
from backend.domain.results import BacktestRun, Metrics
from backend.domain.spec import StrategySpec
from backend.domain.timeframes import Timeframe
from backend.engine.simulation import ENGINE_VERSION, Simulation, refuse_unaffordable
from backend.language import CompiledSpec, compile_spec, spec_hash
from backend.proof.ledger import Look, opening_id
from backend.services.dataset_manager import DatasetManager
from backend.services.evaluation import evaluate, evaluate_portfolio
from backend.services.gathering import Gathering, Material, Wish
from backend.services.market_data import MarketData, OpenPeriod
from backend.services.run_curves import curves, moments_of, price_lines, shown_period
from backend.services.trading_notices import Traded, profile_notices, ruin_notices, trading_notices

if TYPE_CHECKING:
    from backend.engine.portfolio import PortfolioSimulation

DIRECT_RUN_SEED = 0
"""A direct backtest draws no random numbers, so the ledger knows it by this seed."""


@dataclass(frozen=True)
class BacktestRequest:
    """What to run; an open start or end means as far as the data reaches.

    Attributes:
        symbols: in the order in which orders of one moment are filled; one named twice is traded once.
    """

    owner: str
    spec: StrategySpec
    symbols: tuple[str, ...]
    timeframe: Timeframe
    start: date | None
    end: date | None
    execution: Execution


@dataclass(frozen=True, eq=False)
class _Result:
    compiled: CompiledSpec
    simulation: "Simulation | PortfolioSimulation"
    metrics: Metrics
    slots: int = 1
    crowded_out: int = 0


class Backtests:
    """Runs, keeps and shows direct backtests.

    Args:
        market, datasets: where bars and sentiment come from.
        runs: where runs and their openings are kept.
        identity: the present moment in UTC, and what makes ids.
    """

    def __init__(
        self, market: MarketData, datasets: DatasetManager, runs: RunStore, identity: tuple[Clock, NewId]
    ) -> None:
        self._gathering = Gathering(market, datasets)
        self._runs = runs
        self._clock, self._new_id = identity

    def run(self, request: BacktestRequest) -> BacktestRun:
        """Run, store and count it as an opening of the period that it shows, one for each symbol.

        Raises:
            InvalidInput: the strategy, symbols, period or capital cannot be used.
            DataUnavailable: no source has the bars or posts.
        """
        compiled = compile_spec(request.spec)
        symbols = _named(request.symbols)
        wish = Wish(request.owner, symbols, request.timeframe, OpenPeriod(request.start, request.end))
        material = self._gathering.gather(wish, compiled)
        result = _result(compiled, material, request.execution)
        run = self._describe(request, material, result)
        self._runs.add_run(run, list(_openings(run, material)))
        return run

    def load(self, owner: str, run_id: str) -> BacktestRun:
        """Raises NotFound."""
        return self._runs.load_run(owner, run_id)

    def list(self, owner: str, limit: int, after: str | None = None) -> tuple[BacktestRun, ...]:
        """Newest first, without trades and curves, from the one behind ``after`` on.

        Raises:
            InvalidInput: the owner has no run ``after``.
        """
        return self._runs.list_runs(owner, limit, after)

    def _describe(self, request: BacktestRequest, material: Material, result: _Result) -> BacktestRun:
        simulation = result.simulation
        shown = shown_period(simulation)
        return BacktestRun(
            run_id=self._new_id("run"),
            owner=request.owner,
            spec=request.spec,
            spec_hash=spec_hash(request.spec),
            data_hash=material.data_hash,
            engine_version=ENGINE_VERSION,
            symbols=tuple(frame.bars.symbol for frame in material.frames),
            timeframe=request.timeframe,
            start=shown.start,
            end=shown.end,
            bars=len(moments_of(simulation)),
            source=material.source,
            execution=request.execution,
            notices=tuple(_notices(request, material, result)),
            metrics=result.metrics,
            trades=simulation.trades(),
            open_positions=simulation.open_positions(),
            financing=simulation.financing,
            prices=price_lines(material.frames, material.rows),
            created_at=self._clock(),
            **curves(simulation),
        )


def _result(compiled: CompiledSpec, material: Material, execution: Execution) -> _Result:
    """One symbol without a rotation goes through the engine of a single symbol."""
    if len(material.frames) == 1 and compiled.spec.rotation is None:
        alone = evaluate(compiled, material.frames[0], material.rows[0], execution)
        refuse_unaffordable(alone.simulation, execution)
        return _Result(compiled, alone.simulation, alone.metrics)
    from backend.engine.portfolio import refuse_unaffordable_portfolio

    together = evaluate_portfolio(compiled, material.frames, material.rows, execution)
    refuse_unaffordable_portfolio(together.simulation, execution)
    simulation = together.simulation
    return _Result(compiled, simulation, together.metrics, simulation.slots, simulation.crowded_out)


def _notices(request: BacktestRequest, material: Material, result: _Result) -> Iterator[str]:
    """About the request, how the strategy traded, and the data."""
    yield from _repeated(request.symbols)
    yield from profile_notices(request.spec, request.execution)
    yield from result.compiled.notices
    simulation = result.simulation
    yield from ruin_notices(simulation.equity, simulation.session)
    counts = len(simulation.positions), simulation.unfilled, result.slots, result.crowded_out
    yield from trading_notices(Traded(result.compiled, material.frames, material.rows, *counts))
    yield from material.notices  # last, for there may be one for each symbol


def _openings(run: BacktestRun, material: Material) -> Iterator[Opening]:
    """A look at each market that was traded; that of a portfolio is none of the same strategy on one symbol.

    The hash of the data is that of all symbols together, so the looks of two portfolios differ as well.
    """
    shown = Period(start=run.start, end=run.end)
    look = {"spec_hash": run.spec_hash, "data_hash": run.data_hash}
    for frame in material.frames:
        symbol = frame.bars.symbol
        seen = Look(owner=run.owner, symbol=symbol, period=shown, seed=DIRECT_RUN_SEED, execution=run.execution, **look)
        yield Opening(
            id=opening_id(seen),
            owner=run.owner,
            kind="backtest",
            subject_id=run.run_id,
            symbol=symbol,
            period=shown,
            fingerprint=MarketFingerprint.of(frame.bars, shown),
            opened_at=run.created_at,
            **look,
        )


def _named(symbols: tuple[str, ...]) -> tuple[str, ...]:
    """Each symbol once."""
    if not symbols:
        raise InvalidInput("A backtest needs a symbol.", "name one or more: --symbols AAPL,MSFT")
    return tuple(dict.fromkeys(symbols))


def _repeated(symbols: tuple[str, ...]) -> tuple[str, ...]:
    doubled = [symbol for symbol in dict.fromkeys(symbols) if symbols.count(symbol) > 1]
    return tuple(f"{symbol} is named {symbols.count(symbol)} times and traded once." for symbol in doubled)
