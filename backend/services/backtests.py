"""Direct backtests of one strategy on one symbol, stored with their hashes and counted as a look at the period."""

from dataclasses import dataclass
from datetime import date

from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.execution import Execution
from backend.domain.frames import Frame
from backend.domain.ledger import MarketFingerprint, Opening
from backend.domain.moments import period_of, utc_moments
from backend.domain.periods import Period
from backend.domain.ports import Clock, NewId, RunStore
from backend.domain.results import BacktestRun
from backend.domain.sentiment import ALL_CHANNELS, CHANNELS, Channel
from backend.domain.spec import StrategySpec
from backend.domain.timeframes import Timeframe
from backend.engine.simulation import ENGINE_VERSION
from backend.language import CompiledSpec, compile_spec, spec_hash
from backend.proof.ledger import Look, opening_id
from backend.services.dataset_manager import DatasetManager
from backend.services.evaluation import Evaluation, evaluate
from backend.services.market_data import MarketData, OpenPeriod
from backend.services.preparation import WARMUP_BARS
from backend.services.price_jumps import jump_notices

DIRECT_RUN_SEED = 0
"""A direct backtest draws no random numbers, so the ledger knows it by this seed."""


@dataclass(frozen=True)
class BacktestRequest:
    """What to run; an open start or end means as far as the data reaches."""

    owner: str
    spec: StrategySpec
    symbols: tuple[str, ...]
    timeframe: Timeframe
    start: date | None
    end: date | None
    execution: Execution


@dataclass(frozen=True, eq=False)
class _Material:
    frame: Frame
    rows: slice
    notices: tuple[str, ...]


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
        self._market = market
        self._datasets = datasets
        self._runs = runs
        self._clock, self._new_id = identity

    def run(self, request: BacktestRequest) -> BacktestRun:
        """Run, store and count it as an opening of the period that it shows.

        Raises:
            InvalidInput: the strategy, symbols or period cannot be used.
            DataUnavailable: no source has the bars or posts.
        """
        compiled = compile_spec(request.spec)
        material = self._gather(request, compiled)
        evaluation = evaluate(compiled, material.frame, material.rows, request.execution)
        run = self._describe(request, material, evaluation)
        self._runs.add_run(run, [_opening(run, material.frame)])
        return run

    def load(self, owner: str, run_id: str) -> BacktestRun:
        """Raises NotFound."""
        return self._runs.load_run(owner, run_id)

    def list(self, owner: str, limit: int) -> tuple[BacktestRun, ...]:
        """Newest first, without trades and equity."""
        return self._runs.list_runs(owner, limit)

    def _gather(self, request: BacktestRequest, compiled: CompiledSpec) -> _Material:
        """Bars with the channels that the strategy reads; nothing is stored for a direct run."""
        symbol = _single(request.symbols)
        wanted = OpenPeriod(request.start, request.end)
        market = self._market.bars(symbol, request.timeframe, wanted, max(WARMUP_BARS, compiled.warmup))
        asked = market.period  # only prices warm up before it
        fetched = self._datasets.prefetch(
            request.owner, None, request.symbols, _channels(compiled), asked, lambda _: None
        )
        frame = self._datasets.frame(market.bars, fetched.datasets)
        notices = (*compiled.notices, *market.notices, *jump_notices(market.bars), *fetched.notices)
        return _Material(frame, _rows(frame, asked), notices)

    def _describe(self, request: BacktestRequest, material: _Material, evaluation: Evaluation) -> BacktestRun:
        frame, rows = material.frame, material.rows
        simulation = evaluation.simulation
        shown = period_of(frame.bars.session[rows])
        return BacktestRun(
            run_id=self._new_id("run"),
            owner=request.owner,
            spec=request.spec,
            spec_hash=spec_hash(request.spec),
            data_hash=frame.window(0, rows.stop).data_hash,
            engine_version=ENGINE_VERSION,
            symbols=request.symbols,
            timeframe=request.timeframe,
            start=shown.start,
            end=shown.end,
            bars=rows.stop - rows.start,
            source=frame.bars.source,
            execution=request.execution,
            notices=material.notices,
            metrics=evaluation.metrics,
            trades=simulation.trades(),
            open_positions=simulation.open_positions(),
            equity_time=tuple(utc_moments(frame.bars.end[rows])),
            equity_value=tuple(simulation.equity.tolist()),
            created_at=self._clock(),
        )


def _opening(run: BacktestRun, frame: Frame) -> Opening:
    period = Period(start=run.start, end=run.end)
    symbol = run.symbols[0]
    look = {"spec_hash": run.spec_hash, "data_hash": run.data_hash}
    seed, execution = DIRECT_RUN_SEED, run.execution
    return Opening(
        id=opening_id(Look(owner=run.owner, symbol=symbol, period=period, seed=seed, execution=execution, **look)),
        owner=run.owner,
        kind="backtest",
        subject_id=run.run_id,
        symbol=symbol,
        period=period,
        fingerprint=MarketFingerprint.of(frame.bars, period),
        opened_at=run.created_at,
        **look,
    )


def _channels(compiled: CompiledSpec) -> tuple[Channel, ...]:
    named = tuple(channel for channel in CHANNELS if channel in compiled.channels)
    if ALL_CHANNELS in compiled.channels and not named:
        raise InvalidInput(
            'A direct backtest cannot tell which channels "all" means.', 'name a channel: sentiment("reddit")'
        )
    return named


def _rows(frame: Frame, period: Period) -> slice:
    rows = frame.rows(period)
    if rows.stop <= rows.start:
        raise DataUnavailable(
            f"There is no trading session from {period.start} to {period.end}.",
            "choose a period in which the exchange was open",
        )
    return rows


def _single(symbols: tuple[str, ...]) -> str:
    if len(symbols) != 1:
        raise InvalidInput(
            f"A backtest runs on one symbol; this names {len(symbols)}.", "run one symbol at a time: --symbols AAPL"
        )
    return symbols[0]
