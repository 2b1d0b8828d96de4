"""Direct backtests of one strategy on one or several symbols, stored with their hashes and counted as looks."""

from backend.domain.errors import InvalidInput
from backend.domain.ports import Clock, NewId, RunStore
from backend.domain.results import BacktestRun
from backend.language import compile_spec
from backend.services.counters import DataCounters
from backend.services.dataset_manager import DatasetManager
from backend.services.gathering import Gathering, Needs, Wish
from backend.services.market_data import MarketData, OpenPeriod
from backend.services.run_curves import curve_fields, curves, price_line
from backend.services.run_results import DIRECT_RUN_SEED, BacktestRequest, RunResult, run_alone, run_together

__all__ = ["DIRECT_RUN_SEED", "BacktestRequest", "Backtests"]


class Backtests:
    """Runs, keeps and shows direct backtests.

    Args:
        market, datasets: where bars and sentiment come from.
        runs: where runs and their openings are kept.
        identity: the present moment in UTC, and what makes ids.
        counters: told of every run.
    """

    def __init__(
        self,
        market: MarketData,
        datasets: DatasetManager,
        runs: RunStore,
        identity: tuple[Clock, NewId],
        counters: DataCounters,
    ) -> None:
        self._counters = counters
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
        material = self._gathering.gather(wish, Needs.of(compiled))
        alone = len(material.frames) == 1 and compiled.spec.rotation is None
        result = (run_alone if alone else run_together)(request, compiled, material)
        run = self._describe(result)
        self._runs.add_run(run, list(result.openings(run)))
        self._counters.backtests += 1
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

    def _describe(self, result: RunResult) -> BacktestRun:
        summary = result.summary(self._new_id("run"), self._clock())
        update = {"trades": result.simulation.trades(), "prices": tuple(map(price_line, result.material.prices))}
        return summary.model_copy(update=update | curve_fields(curves(result.simulation)))


def _named(symbols: tuple[str, ...]) -> tuple[str, ...]:
    """Each symbol once."""
    if not symbols:
        raise InvalidInput("A backtest needs a symbol.", "name one or more: `--symbols AAPL,MSFT`")
    return tuple(dict.fromkeys(symbols))
