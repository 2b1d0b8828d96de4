"""The backtests that this engine and its peers must agree on trade for trade."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from backend.domain.bars import Bars
from backend.domain.execution import Costs, Execution, Profile
from backend.domain.frames import Frame
from backend.domain.signals import Signals
from backend.domain.spec import Risk, StrategySpec
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.engine.simulation import Rules, Simulation, simulate
from backend.language import compile_spec
from backend.providers.prices.sample import SPANS, SamplePrices

SYMBOLS = ("AAPL", "MSFT", "IBM", "GOOG")
CAPITAL, FEE = 1_000_000.0, 0.001
STOPS: tuple[tuple[float | None, float | None], ...] = ((None, None), (0.05, 0.10), (0.02, 0.04))
"""Distances of stop and target as fractions."""

_CROSS = {
    "long_entry": "cross_above(sma(close, 10), sma(close, 30))",
    "long_exit": "cross_below(sma(close, 10), sma(close, 30))",
}
_BUSY = {
    "long_entry": "close > sma(close, 5) and close > sma(close, 3)",
    "long_exit": "close < sma(close, 3)",
}
STRATEGIES = {
    "cross, long": _CROSS,
    "cross, long and short": _CROSS | {"short_entry": _CROSS["long_exit"], "short_exit": _CROSS["long_entry"]},
    "busy, long": _BUSY,
    "busy, long and short": _BUSY
    | {
        "short_entry": "close < sma(close, 5) and close < sma(close, 3)",
        "short_exit": "close > sma(close, 3)",
    },
}
"""Conditions by name: one that trades on crossings, one that wants in again at every bar where it can."""


class ParityCase(NamedTuple):
    """One strategy on one symbol, with or without stops."""

    symbol: str
    strategy: str
    stop: float | None
    target: float | None

    @property
    def name(self) -> str:
        """What the case is called in tables and recorded numbers."""
        stops = "no stops" if self.stop is None else f"stop {self.stop:.0%}, target {self.target:.0%}"
        return f"{self.symbol}, {self.strategy}, {stops}"


CASES = tuple(ParityCase(symbol, strategy, *stops) for symbol in SYMBOLS for strategy in STRATEGIES for stops in STOPS)


@cache
def sample_bars(symbol: str) -> Bars:
    """All daily adjusted bars of a sample symbol."""
    return SamplePrices(trading_calendar).fetch(symbol, Timeframe.DAY, SPANS[symbol])


@cache
def decisions(symbol: str, strategy: str) -> Signals:
    """What a strategy decides at each close of a symbol."""
    spec = StrategySpec.model_validate({"name": strategy} | STRATEGIES[strategy])
    return compile_spec(spec).signals(Frame(sample_bars(symbol), {}))


def simulated(case: ParityCase, profile: Profile) -> Simulation:
    """The case on this engine: all-in, no slippage."""
    bars = sample_bars(case.symbol)
    execution = Execution(capital=CAPITAL, costs=Costs(commission_rate=FEE, slippage=0), profile=profile)
    rules = Rules(risk=Risk(stop_loss=case.stop, take_profit=case.target))
    return simulate(bars, decisions(case.symbol, case.strategy), rules, execution, slice(0, len(bars)))


def write_cases(folder: Path) -> None:
    """Write prices, decisions and terms of every case for the peers: ``arrays.npz`` and ``cases.json``."""
    np.savez(folder / "arrays.npz", **dict(_arrays()))
    terms = {"capital": CAPITAL, "fee": FEE}
    cases = [{"name": case.name, **case._asdict(), **terms} for case in CASES]
    (folder / "cases.json").write_text(json.dumps(cases))


def _arrays() -> Iterator[tuple[str, Any]]:
    for symbol in SYMBOLS:
        bars = sample_bars(symbol)
        for name in ("open", "high", "low", "close"):
            yield f"{symbol}/{name}", getattr(bars, name)
        for strategy in STRATEGIES:
            signals = decisions(symbol, strategy)
            for name in ("long_entry", "long_exit", "short_entry", "short_exit"):
                yield f"{symbol}/{strategy}/{name}", getattr(signals, name)
