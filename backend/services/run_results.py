"""What came of one strategy on the data that it was given, as every door keeps and shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from backend.domain.execution import Execution
from backend.domain.ledger import Opening
from backend.domain.periods import Period
from backend.domain.results import BacktestRun, Metrics
from backend.domain.spec import StrategySpec
from backend.domain.timeframes import Timeframe
from backend.engine.simulation import ENGINE_VERSION, Simulation, refuse_unaffordable
from backend.language import CompiledSpec, spec_hash
from backend.proof.ledger import Look, opening_id
from backend.services.evaluation import evaluate, evaluate_portfolio
from backend.services.gathering import Material
from backend.services.run_curves import moments_of, shown_period
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
class RunResult:
    """What a strategy did with the material that it was given.

    Attributes:
        slots: positions that could be held at the same time.
        crowded_out: entry orders that found every slot taken.
    """

    request: BacktestRequest
    compiled: CompiledSpec
    material: Material
    simulation: "Simulation | PortfolioSimulation"
    metrics: Metrics
    slots: int = 1
    crowded_out: int = 0

    def summary(self, run_id: str, at: datetime, known_hash: str | None = None) -> BacktestRun:
        """The run without trades, curves and prices.

        Args:
            run_id: of the run.
            at: when it was made.
            known_hash: of the strategy, which is compiled for it; None where nobody has worked it out.
        """
        simulation, material, request = self.simulation, self.material, self.request
        shown = shown_period(simulation)
        return BacktestRun(
            run_id=run_id,
            owner=request.owner,
            spec=request.spec,
            spec_hash=known_hash or spec_hash(request.spec),
            data_hash=material.data_hash,
            engine_version=ENGINE_VERSION,
            symbols=tuple(frame.bars.symbol for frame in material.frames),
            timeframe=request.timeframe,
            start=shown.start,
            end=shown.end,
            bars=len(moments_of(simulation)),
            source=material.source,
            execution=request.execution,
            notices=tuple(self._notices()),
            metrics=self.metrics,
            trades=(),
            open_positions=simulation.open_positions(),
            equity_time=(),
            equity_value=(),
            financing=simulation.financing,
            created_at=at,
        )

    def openings(self, run: BacktestRun) -> Iterator[Opening]:
        """A look at each market that was traded; that of a portfolio is none of the same strategy on one symbol.

        The hash of the data is that of all symbols together, so the looks of two portfolios differ as well.
        """
        shown = Period(start=run.start, end=run.end)
        look = {"spec_hash": run.spec_hash, "data_hash": run.data_hash}
        for symbol, fingerprint in zip(run.symbols, self.material.fingerprints_over(shown), strict=True):
            seen = Look(
                owner=run.owner, symbol=symbol, period=shown, seed=DIRECT_RUN_SEED, execution=run.execution, **look
            )
            yield Opening(
                id=opening_id(seen),
                owner=run.owner,
                kind="backtest",
                subject_id=run.run_id,
                symbol=symbol,
                period=shown,
                fingerprint=fingerprint,
                opened_at=run.created_at,
                **look,
            )

    def _notices(self) -> Iterator[str]:
        """About the request, how the strategy traded, and the data."""
        request, simulation, material = self.request, self.simulation, self.material
        yield from _repeated(request.symbols)
        yield from profile_notices(request.spec, request.execution)
        yield from self.compiled.notices
        yield from ruin_notices(simulation.equity, simulation.session)
        counts = len(simulation.positions), simulation.unfilled, self.slots, self.crowded_out
        yield from trading_notices(Traded(self.compiled, material.frames, material.rows, *counts))
        yield from material.notices  # last, for there may be one for each symbol


def run_alone(request: BacktestRequest, compiled: CompiledSpec, material: Material) -> RunResult:
    """Run a strategy on the one symbol of the material, by the engine of a single symbol.

    Raises:
        InvalidInput: the strategy needs several symbols, or more bars or money than there are.
    """
    found = evaluate(compiled, material.frames[0], material.rows[0], request.execution)
    refuse_unaffordable(found.simulation, request.execution)
    return RunResult(request, compiled, material, found.simulation, found.metrics)


def run_together(request: BacktestRequest, compiled: CompiledSpec, material: Material) -> RunResult:
    """Run a strategy on the symbols of the material with one account.

    Raises:
        InvalidInput: the strategy needs more bars or money than there are.
    """
    from backend.engine.portfolio import refuse_unaffordable_portfolio

    execution = request.execution
    found = evaluate_portfolio(compiled, material.frames, material.rows, execution)
    simulation = found.simulation
    refuse_unaffordable_portfolio(simulation, execution)
    return RunResult(request, compiled, material, simulation, found.metrics, simulation.slots, simulation.crowded_out)


def _repeated(symbols: tuple[str, ...]) -> tuple[str, ...]:
    doubled = [symbol for symbol in dict.fromkeys(symbols) if symbols.count(symbol) > 1]
    return tuple(f"{symbol} is named {symbols.count(symbol)} times and traded once." for symbol in doubled)
