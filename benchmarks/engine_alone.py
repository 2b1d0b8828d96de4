"""What is timed on this engine alone, because peers do not do it or not by the same rules."""

from backend.domain.frames import Frame
from backend.domain.spec import Risk, StrategySpec
from backend.engine.portfolio import Book, RotationRules, simulate_portfolio
from backend.engine.simulation import Rules, simulate
from backend.language import compile_spec
from benchmarks.engine_cases import FEE
from benchmarks.engine_works import SEED, Market, cross, random_walk, with_metrics
from benchmarks.peers.exchange import timed

MINUTE_YEAR = 98_280
"""252 sessions of 390 minutes."""
STOPS = Rules(risk=Risk(stop_loss=0.05, take_profit=0.15, trailing_stop=0.08, max_holding_bars=500))
SIX_CONDITIONS = StrategySpec(
    name="six conditions",
    long_entry="close > sma(close, 50) and ema(close, 10) > ema(close, 30) and rsi(close, 14) < 70"
    " and change(close, 15) > -0.01 and close > lowest(low, 60) and volume >= sma(volume, 20)",
    long_exit="cross_below(ema(close, 10), ema(close, 30))",
)
TOP, EVERY = 2, 20
ROTATION = StrategySpec.model_validate(
    {"name": "strongest", "rotation": {"rank": "change(close, 60)", "top": TOP, "every": EVERY}}
)


def kernel_seconds(market: Market) -> float:
    """Seconds of the simulation alone, its signals given, with stops of every kind."""
    signals, rows = cross(10, 30).signals(Frame(market.bars, {})), slice(0, len(market.bars))
    return timed(lambda: simulate(market.bars, signals, STOPS, market.execution, rows))[0]


def minute_year_seconds() -> float:
    """Seconds of signals, simulation and metrics of six conditions over a year of one-minute bars."""
    market, spec = Market(random_walk(MINUTE_YEAR, 0.001, SEED), FEE), compile_spec(SIX_CONDITIONS)
    frame, execution = Frame(market.bars, {}), market.execution
    return timed(lambda: with_metrics(spec, frame, execution))[0]


def rotation_seconds(markets: list[Market]) -> float:
    """Seconds of ranks and simulation of a portfolio that holds the strongest of several symbols."""
    spec, rows = compile_spec(ROTATION), slice(0, len(markets[0].bars))
    frames = [Frame(market.bars, {}) for market in markets]

    def work() -> object:
        books = [Book(frame.bars, spec.signals(frame), rows, spec.rank(frame)) for frame in frames]
        return simulate_portfolio(books, Rules(), markets[0].execution, RotationRules(TOP, EVERY))

    return timed(work)[0]
